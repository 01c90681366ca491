//! ux-server
