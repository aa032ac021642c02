"""Pictures of any size as libvips pipelines: reading, recombining colour with light, writing."""
