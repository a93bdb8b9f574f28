"""What plays beside the calls: files, texts and playlists."""
