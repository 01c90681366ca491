//! tmf666-model
