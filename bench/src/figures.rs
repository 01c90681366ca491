//! Quartiles.

use std::fmt;

/// Lower quartile, median and upper quartile of some figures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quartiles {
    pub(crate) lower: f64,
    pub(crate) median: f64,
    pub(crate) upper: f64,
}

impl Quartiles {
    pub(crate) fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let last = figures.len().saturating_sub(1) as f64;
            let (below, part) = ((last * share).floor(), (last * share).fract());
            let value = |position: f64| figures.get(position as usize).copied().unwrap_or(f64::NAN);
            value(below) + if part > 0.0 { (value(below + 1.0) - value(below)) * part } else { 0.0 }
        };
        Self { lower: at(0.25), median: at(0.5), upper: at(0.75) }
    }
}

/// `1.23 (1.20–1.27)`
impl fmt::Display for Quartiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} ({:.2}–{:.2})", self.median, self.lower, self.upper)
    }
}

#[cfg(test)]
mod tests {
    use super::Quartiles;

    #[test]
    fn quartiles_lie_between_the_figures_around_them() {
        let quartiles = Quartiles::of([4.0, 1.0, 3.0, 2.0]);
        assert_eq!((quartiles.lower, quartiles.median, quartiles.upper), (1.75, 2.5, 3.25));
        assert_eq!(Quartiles::of([7.0]).median, 7.0);
    }
}
