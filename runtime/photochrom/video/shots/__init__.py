"""Where the shots of a film begin, the list of them that a person may edit, and frames of each."""
