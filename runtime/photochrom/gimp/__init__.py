"""The plug-in for GIMP 3 and the folders of GIMP that it goes into."""
