//! Hand-written translations: how little the work could cost.
