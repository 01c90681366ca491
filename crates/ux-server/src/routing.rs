//! Which billing system answers for which business unit and line of business: a table, not code.

use std::fmt;

use backends_http::ConfigProblem;
use tmf666_model::codes::{BusinessUnit, CodeTable as _, Lob};

/// The billing systems that a channel has views of: a plain enum of the channel's own.
pub trait SystemId: Copy + Eq + Send + Sync + 'static {
    /// All of them.
    const ALL: &'static [Self];
    /// The name in `[routing]` and `[systems]`, as in `csg`.
    fn name(self) -> &'static str;
}

/// One cell of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route<S> {
    /// The unit is valid, and nothing is implemented for this line of business.
    NotImplemented,
    /// One system.
    System(S),
    /// The length of the account number tells the system, if it is all digits.
    ByAccountNumber {
        /// Number of digits, and the system that has such numbers.
        lengths: Vec<(usize, S)>,
        /// Asked at once for every other number; if several know it, the first wins.
        otherwise: Vec<S>,
    },
}

impl<S: Copy> Route<S> {
    /// The systems to ask about an account, in the order in which they win; empty where nothing is implemented.
    pub fn systems_for(&self, account_number: &str) -> &[S] {
        match self {
            Self::NotImplemented => &[],
            Self::System(system) => std::slice::from_ref(system),
            Self::ByAccountNumber { lengths, otherwise } => lengths
                .iter()
                .find(|(length, _)| *length == account_number.len() && account_number.bytes().all(|byte| byte.is_ascii_digit()))
                .map_or(otherwise, |(_, system)| std::slice::from_ref(system)),
        }
    }

    /// Every system of the cell, in the order in which they win, for requests that name no account.
    pub fn all_systems(&self) -> &[S] {
        match self {
            Self::NotImplemented => &[],
            Self::System(system) => std::slice::from_ref(system),
            Self::ByAccountNumber { otherwise, .. } => otherwise,
        }
    }

    /// Whether the system is one of the cell's.
    pub fn mentions(&self, system: S) -> bool
    where
        S: PartialEq,
    {
        self.mentioned().contains(&system)
    }

    fn mentioned(&self) -> Vec<S> {
        match self {
            Self::ByAccountNumber { lengths, otherwise } => {
                let by_length = lengths.iter().map(|(_, system)| *system);
                by_length.chain(otherwise.iter().copied()).collect()
            }
            other => other.all_systems().to_vec(),
        }
    }
}

impl<S: SystemId> fmt::Display for Route<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotImplemented => f.write_str(NOT_IMPLEMENTED),
            Self::System(system) => f.write_str(system.name()),
            Self::ByAccountNumber { lengths, otherwise } => {
                for (length, system) in lengths {
                    write!(f, "{length} digits {}, ", system.name())?;
                }
                let names: Vec<_> = otherwise.iter().map(|system| system.name()).collect();
                write!(f, "else {}", names.join(" + "))
            }
        }
    }
}

/// The value of a cell for which nothing is implemented.
const NOT_IMPLEMENTED: &str = "not implemented";

/// The table: a route for every known unit and line of business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routing<S> {
    cells: Vec<Route<S>>,
}

impl<S: SystemId> Routing<S> {
    /// A table in which nothing is implemented.
    #[must_use]
    pub fn empty() -> Self {
        Self { cells: vec![Route::NotImplemented; BusinessUnit::known().len() * Lob::known().len()] }
    }

    /// The same table with one more cell.
    ///
    /// # Panics
    /// If unit or line of business are not documented ones.
    #[must_use]
    pub fn with(mut self, unit: &BusinessUnit, lob: &Lob, route: Route<S>) -> Self {
        let cell = index(unit, lob).expect("a documented unit and line of business");
        self.cells[cell] = route;
        self
    }

    /// The route for a unit and line of business.
    pub fn route(&self, unit: &BusinessUnit, lob: &Lob) -> &Route<S> {
        index(unit, lob).map_or(&Route::NotImplemented, |cell| &self.cells[cell])
    }

    /// Sets the cells that `[routing]` names and adds every mistake in it to `problems`. `has_view` says which lines of
    /// business the channel can answer out of a system.
    pub(crate) fn override_with(
        &mut self,
        section: &toml::Table,
        has_view: impl Fn(S, &Lob) -> bool,
        problems: &mut Vec<ConfigProblem>,
    ) -> Vec<usize> {
        let mut overridden = Vec::new();
        for (unit, row) in section {
            let key = format!("routing.{unit}");
            let mut problem = |key: String, reason: String| problems.push(ConfigProblem { key, reason });
            let Ok(known) = BusinessUnit::try_parse(unit) else {
                problem(key, "no such business unit".to_owned());
                continue;
            };
            let Some(row) = row.as_table() else {
                problem(key, "a table of lines of business is expected".to_owned());
                continue;
            };
            for (lob, cell) in row {
                let key = format!("{key}.{lob}");
                match (Lob::try_parse(lob), read_route::<S>(cell)) {
                    (Err(_), _) => problem(key, format!("no such line of business: {}", names(Lob::known()))),
                    (_, Err(reason)) => problem(key, reason),
                    (Ok(lob), Ok(route)) => {
                        if let Some(system) = route.mentioned().into_iter().find(|system| !has_view(*system, &lob)) {
                            problem(key, format!("this channel has no view of {} for {}", system.name(), lob.as_str()));
                            continue;
                        }
                        if let Some(cell) = index(&known, &lob) {
                            self.cells[cell] = route;
                            overridden.push(cell);
                        }
                    }
                }
            }
        }
        overridden
    }

    /// Holds the table against the systems that are configured: a cell of the configuration file that needs a system
    /// without a section is a mistake; a default cell that does so is switched off.
    pub(crate) fn require_sections(&mut self, is_configured: impl Fn(S) -> bool, overridden: &[usize], problems: &mut Vec<ConfigProblem>) {
        for (at, cell) in self.cells.iter_mut().enumerate() {
            let Some(missing) = cell.mentioned().into_iter().find(|system| !is_configured(*system)) else {
                continue;
            };
            if overridden.contains(&at) {
                let (unit, lob) = name_of(at);
                problems.push(ConfigProblem {
                    key: format!("routing.{unit}.{lob}"),
                    reason: format!("{name} has no section [systems.{name}]", name = missing.name()),
                });
            } else {
                *cell = Route::NotImplemented;
            }
        }
    }
}

/// For people: one line per unit that has anything, then the units that have nothing.
impl<S: SystemId> fmt::Display for Routing<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lobs = [Lob::Fixed, Lob::Postpaid, Lob::Prepaid];
        let columns = |unit: &BusinessUnit| lobs.clone().map(|lob| self.route(unit, &lob).to_string());
        let (nothing, some): (Vec<_>, Vec<_>) =
            BusinessUnit::known().iter().partition(|unit| columns(unit).iter().all(|cell| cell == NOT_IMPLEMENTED));
        let width = some.iter().flat_map(|unit| columns(unit)).map(|cell| cell.len()).max();
        let width = width.unwrap_or_default().max("POSTPAID".len());
        writeln!(f, "unit  {:width$}  {:width$}  {}", lobs[0].as_str(), lobs[1].as_str(), lobs[2].as_str())?;
        for unit in some {
            let [fixed, postpaid, prepaid] = columns(unit);
            writeln!(f, "{:4}  {fixed:width$}  {postpaid:width$}  {prepaid}", unit.as_str())?;
        }
        let nothing: Vec<_> = nothing.iter().map(|unit| unit.as_str()).collect();
        write!(f, "{NOT_IMPLEMENTED}: {}", nothing.join(" "))
    }
}

fn index(unit: &BusinessUnit, lob: &Lob) -> Option<usize> {
    let unit = BusinessUnit::known().iter().position(|known| known == unit)?;
    let lob = Lob::known().iter().position(|known| known == lob)?;
    Some(unit * Lob::known().len() + lob)
}

fn name_of(cell: usize) -> (&'static str, &'static str) {
    let lobs = Lob::known();
    (BusinessUnit::known()[cell / lobs.len()].as_str(), lobs[cell % lobs.len()].as_str())
}

fn names<T: tmf666_model::codes::CodeTable>(table: &'static [T]) -> String {
    table.iter().map(T::as_str).collect::<Vec<_>>().join(", ")
}

/// Reads `"csg"`, `"not implemented"` or `{ digits = { 8 = "cerillion" }, otherwise = ["cerillion", "liberate"] }`.
fn read_route<S: SystemId>(cell: &toml::Value) -> Result<Route<S>, String> {
    match cell {
        toml::Value::String(name) if name == NOT_IMPLEMENTED => Ok(Route::NotImplemented),
        toml::Value::String(name) => read_system(name).map(Route::System),
        toml::Value::Table(table) => read_by_account_number(table),
        _ => Err("the name of a system or a table of account number lengths is expected".to_owned()),
    }
}

fn read_by_account_number<S: SystemId>(table: &toml::Table) -> Result<Route<S>, String> {
    if let Some(unknown) = table.keys().find(|key| !["digits", "otherwise"].contains(&key.as_str())) {
        return Err(format!("unknown key `{unknown}`; expected digits and otherwise"));
    }
    let digits = table.get("digits").and_then(toml::Value::as_table).ok_or("digits is missing, as in { 8 = \"cerillion\" }")?;
    let otherwise = table
        .get("otherwise")
        .and_then(toml::Value::as_array)
        .filter(|systems| !systems.is_empty())
        .ok_or("otherwise is missing, as in [\"cerillion\", \"liberate\"]")?;
    let name = |value: &toml::Value| value.as_str().map(str::to_owned).ok_or("the name of a system is expected");
    let mut lengths = Vec::new();
    for (length, system) in digits {
        let length = length.parse().map_err(|_| format!("`{length}` is not a number of digits"))?;
        lengths.push((length, read_system(&name(system)?)?));
    }
    let otherwise = otherwise.iter().map(|system| read_system(&name(system)?)).collect::<Result<_, String>>()?;
    Ok(Route::ByAccountNumber { lengths, otherwise })
}

fn read_system<S: SystemId>(name: &str) -> Result<S, String> {
    S::ALL.iter().copied().find(|system| system.name() == name).ok_or_else(|| {
        let known: Vec<_> = S::ALL.iter().map(|system| system.name()).collect();
        format!("`{name}` is no system that this channel has a view of: {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum System {
        Csg,
        Cerillion,
        Liberate,
    }

    impl SystemId for System {
        const ALL: &'static [Self] = &[Self::Csg, Self::Cerillion, Self::Liberate];

        fn name(self) -> &'static str {
            match self {
                Self::Csg => "csg",
                Self::Cerillion => "cerillion",
                Self::Liberate => "liberate",
            }
        }
    }

    fn default_table() -> Routing<System> {
        Routing::empty().with(&BusinessUnit::Pr, &Lob::Fixed, Route::System(System::Csg)).with(
            &BusinessUnit::Jm,
            &Lob::Fixed,
            Route::ByAccountNumber {
                lengths: vec![(8, System::Cerillion), (12, System::Liberate)],
                otherwise: vec![System::Cerillion, System::Liberate],
            },
        )
    }

    /// CSG has no prepaid lines.
    fn has_view(system: System, lob: &Lob) -> bool {
        system != System::Csg || *lob != Lob::Prepaid
    }

    /// Applies a `[routing]` section; `configured` are the systems that have a section.
    fn applied(section: &str, configured: &[System]) -> (Routing<System>, Vec<String>) {
        let mut routing = default_table();
        let mut problems = Vec::new();
        let overridden = routing.override_with(&section.parse().unwrap(), has_view, &mut problems);
        routing.require_sections(|system| configured.contains(&system), &overridden, &mut problems);
        let problems = problems.into_iter().map(|problem| format!("{}: {}", problem.key, problem.reason));
        (routing, problems.collect())
    }

    #[test]
    fn the_length_of_the_account_number_decides_and_otherwise_all_are_asked() {
        let routing = default_table();
        let route = routing.route(&BusinessUnit::Jm, &Lob::Fixed);
        assert_eq!(route.systems_for("50450354"), [System::Cerillion]);
        assert_eq!(route.systems_for("301202420000"), [System::Liberate]);
        for neither in ["1", "5045035A", "CL-100200300"] {
            assert_eq!(route.systems_for(neither), [System::Cerillion, System::Liberate]);
        }
        assert_eq!(routing.route(&BusinessUnit::Tt, &Lob::Fixed).systems_for("1"), []);
    }

    #[test]
    fn a_cell_can_be_overridden_and_a_unit_added() {
        let (routing, problems) = applied("TT = { FIXED = 'liberate' }\nPR = { FIXED = 'not implemented' }", System::ALL);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(routing.route(&BusinessUnit::Tt, &Lob::Fixed), &Route::System(System::Liberate));
        assert_eq!(routing.route(&BusinessUnit::Pr, &Lob::Fixed), &Route::NotImplemented);
    }

    #[test]
    fn every_mistake_is_named() {
        let section = "
            XX = { FIXED = 'csg' }
            PR = { MOBILE = 'csg', PREPAID = 'aria', POSTPAID = 7, FIXED = { digits = { x = 'csg' }, otherwise = ['csg'] } }
            TT = { FIXED = 'liberate', PREPAID = 'csg' }
            VG = { PREPAID = { digits = { 8 = 'liberate' }, otherwise = ['liberate', 'csg'] } }
        ";
        let (_, problems) = applied(section, &[System::Csg]);
        insta::assert_snapshot!(problems.join("\n"));
    }

    #[test]
    fn a_default_cell_whose_system_is_not_configured_is_switched_off() {
        let (routing, problems) = applied("", &[System::Csg]);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(routing.route(&BusinessUnit::Jm, &Lob::Fixed), &Route::NotImplemented);
    }

    #[test]
    fn the_table_for_people() {
        insta::assert_snapshot!(default_table());
    }
}
