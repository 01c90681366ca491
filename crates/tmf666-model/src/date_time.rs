/// Whether a text is a date-time as TMF666 means it: RFC 3339, such as `2024-06-14T00:00:00.000Z`.
///
/// The billing systems' own spellings are not: `""`, a date without time, a colon before the milliseconds.
#[must_use]
pub fn is_date_time(text: &str) -> bool {
    parse(text.as_bytes()).is_some()
}

fn parse(text: &[u8]) -> Option<()> {
    let (date, rest) = text.split_at_checked(10)?;
    let (time, rest) = rest.split_at_checked(9)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *date else { return None };
    let [b'T' | b't', h1, h2, b':', n1, n2, b':', s1, s2] = *time else { return None };
    let year = number(&[y1, y2, y3, y4])?;
    let (month, day) = (number(&[m1, m2])?, number(&[d1, d2])?);
    let (hour, minute, second) = (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?);
    let offset = offset_minutes(after_fraction(rest)?)?;
    let date_exists = (1..=days_in(month, year)?).contains(&day);
    let time_exists = hour < 24 && minute < 60 && (second < 60 || is_leap_second(second, hour * 60 + minute, offset));
    (date_exists && time_exists).then_some(())
}

fn number(digits: &[u8]) -> Option<i32> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i32::from(digit - b'0')))
}

fn after_fraction(rest: &[u8]) -> Option<&[u8]> {
    let Some(fraction) = rest.strip_prefix(b".") else { return Some(rest) };
    let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
    (digits > 0).then(|| &fraction[digits..])
}

/// Minutes that the written time is ahead of UTC.
fn offset_minutes(zone: &[u8]) -> Option<i32> {
    match *zone {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[h1, h2])?, number(&[m1, m2])?);
            let offset = hours * 60 + minutes;
            (hours < 24 && minutes < 60).then_some(if sign == b'-' { -offset } else { offset })
        }
        _ => None,
    }
}

fn days_in(month: i32, year: i32) -> Option<i32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if leap { 29 } else { 28 }),
        _ => None,
    }
}

/// Leap seconds are inserted at the end of a day in UTC, and nowhere else.
fn is_leap_second(second: i32, minute_of_day: i32, offset: i32) -> bool {
    second == 60 && (minute_of_day - offset).rem_euclid(24 * 60) == 24 * 60 - 1
}
