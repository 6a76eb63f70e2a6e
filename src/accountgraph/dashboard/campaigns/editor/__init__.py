"""The editor: a campaign as a form or as a file, read back in plain words, with every problem at its field; kept by a button alone."""
