"""What uploaded files really are: looked into apart from the server, pictures drawn anew."""
