"""What screens in the lobby show and say: their settings, media, playlists and voices."""
