//! A scene and its input frames become one program frame (wgpu).
