use std::collections::BTreeMap;

/// What a process counted so far: counters and gauges, by name and labels as they are exported.
#[derive(Debug, Clone)]
pub struct Metrics(BTreeMap<String, i64>);

impl Metrics {
    /// Reads the text that Prometheus reads. Fractions are cut: what is counted is whole.
    pub(crate) fn parse(text: &str) -> Self {
        let series = text.lines().filter(|line| !line.starts_with('#'));
        let value = |value: &str| value.parse::<i64>().ok().or_else(|| value.split('.').next()?.parse().ok());
        Self(series.filter_map(|line| line.rsplit_once(' ')).filter_map(|(name, text)| Some((name.to_owned(), value(text)?))).collect())
    }

    /// The sum of a metric's series that have all these labels, each written as `name="value"`.
    #[must_use]
    pub fn sum(&self, name: &str, labels: &[&str]) -> i64 {
        self.series(name, labels).map(|(_, value)| value).sum()
    }

    /// A metric's series that have all these labels, with their values.
    pub fn series<'a>(&'a self, name: &'a str, labels: &'a [&str]) -> impl Iterator<Item = (&'a str, i64)> {
        let is_of_metric = move |series: &str| series.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('{'));
        let found = self.0.iter().filter(move |(series, _)| is_of_metric(series) && labels.iter().all(|label| series.contains(label)));
        found.map(|(series, value)| (series.as_str(), *value))
    }

    /// What was counted since `before`: the difference of every series that moved.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let moved = |(series, value): (&String, &i64)| {
            let difference = value - before.0.get(series).copied().unwrap_or(0);
            (difference != 0).then(|| (series.clone(), difference))
        };
        Self(self.0.iter().filter_map(moved).collect())
    }
}

/// The value of one of a series' labels.
#[must_use]
pub fn label<'a>(series: &'a str, name: &str) -> Option<&'a str> {
    let (_, labels) = series.split_once('{')?;
    labels.trim_end_matches('}').split(',').find_map(|label| label.strip_prefix(name)?.strip_prefix("=\"")?.strip_suffix('"'))
}
