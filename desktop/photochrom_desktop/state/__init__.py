"""What a person has open and did, without Qt."""
