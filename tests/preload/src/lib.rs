//! A library to preload that serves V4L2 cameras to programs that open /dev/video*.
