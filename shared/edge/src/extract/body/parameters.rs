//! The two headers that tell what a part of a form is, as clients really write them.
//!
//! `multipart/form-data; boundary=…` and `form-data; name="…"; filename="…"` are a word
//! and parameters. Clients quote them or not, write a file's name in UTF-8, in Latin-1 or
//! in whatever their system has, or say it as RFC 2231 does (`filename*=utf-8''…`), which
//! RFC 7578 §4.2 forbids and many send. Each of these is a file all the same, so a value
//! is decoded only when it is read.

/// The parameters of a header: their names in lower case, their values unquoted.
pub(super) struct Parameters(Vec<(String, Vec<u8>)>);

impl Parameters {
    /// Those of a header's value.
    pub(super) fn of(value: &[u8]) -> Self {
        let mut found = Vec::new();
        let mut rest = after(value, b';');
        while !rest.is_empty() {
            let end = rest.iter().position(|byte| matches!(byte, b';' | b'='));
            let (name, tail) = rest.split_at(end.unwrap_or(rest.len()));
            let name = String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase();
            let (value, tail) = match tail.strip_prefix(b"=") {
                Some(tail) => value_of(tail.trim_ascii_start()),
                None => (Vec::new(), tail),
            };
            found.push((name, value));
            rest = after(tail, b';');
        }
        Self(found)
    }

    /// The value of `name`, whole or as RFC 2231 cuts and encodes it. Bytes that are not
    /// UTF-8 are replaced: such a value is no name of ours.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let plain = self.0.iter().find(|(own, _)| own == name);
        let bytes = match plain {
            Some((_, value)) => value.clone(),
            None => self.extended(name)?,
        };
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Whether `name` stands there in any form.
    pub(super) fn names(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| is_form_of(own, name))
    }

    /// `name*`, `name*0`, `name*1*` and so on, in the order in which they stand.
    fn extended(&self, name: &str) -> Option<Vec<u8>> {
        let mut parts = self.0.iter().filter(|(own, _)| is_form_of(own, name));
        let (own, first) = parts.next()?;
        let is_encoded = |own: &str| own.ends_with('*');
        let mut whole = match is_encoded(own) {
            // Charset and language come before the second apostrophe.
            true => unescaped(after(after(first, b'\''), b'\'')),
            false => first.clone(),
        };
        for (own, part) in parts {
            match is_encoded(own) {
                true => whole.extend(unescaped(part)),
                false => whole.extend(part),
            }
        }
        Some(whole)
    }
}

fn is_form_of(own: &str, name: &str) -> bool {
    let rest = own.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('*'))
}

/// What comes after the first `mark`; nothing if there is none.
fn after(bytes: &[u8], mark: u8) -> &[u8] {
    let place = bytes.iter().position(|byte| *byte == mark);
    place
        .and_then(|place| bytes.get(place + 1..))
        .unwrap_or_default()
}

/// The value that `bytes` begin with, and what comes after it.
fn value_of(bytes: &[u8]) -> (Vec<u8>, &[u8]) {
    let Some(quoted) = bytes.strip_prefix(b"\"") else {
        let end = bytes.iter().position(|byte| *byte == b';');
        let (value, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
        return (value.trim_ascii_end().to_vec(), rest);
    };
    let mut value = Vec::new();
    let mut rest = quoted;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match (byte, tail) {
            (b'"', _) => break,
            // Some browsers put a path of Windows there: a backslash escapes these two only.
            (b'\\', [escaped @ (b'"' | b'\\'), tail @ ..]) => {
                value.push(*escaped);
                rest = tail;
            }
            _ => value.push(*byte),
        }
    }
    (value, rest)
}

/// `text` with its percent-escapes read; what is none stays as it is.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| {
        (byte as char)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if let (b'%', [high, low, tail @ ..]) = (byte, tail)
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            bytes.push(high << 4 | low);
            rest = tail;
        } else {
            bytes.push(*byte);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &[u8]) -> (Option<String>, bool) {
        let parameters = Parameters::of(value);
        (parameters.get("name"), parameters.names("filename"))
    }

    #[test]
    fn a_file_is_one_whatever_its_name_is_written_in() {
        for value in [
            &b"form-data; name=\"avatar\"; filename=\"me.png\""[..],
            b"form-data; name=avatar; filename=me.png",
            b"form-data;NAME=\"avatar\";FileName=\"\"",
            b"form-data; filename=\"a;b\\\"c.png\" ; name = \"avatar\"",
            b"form-data; name=\"avatar\"; filename=\"C:\\me.png\"",
            b"form-data; name=\"avatar\"; filename=\"m\xfcller.png\"",
            b"form-data; name=\"avatar\"; filename=m\xfcller.png",
            b"form-data; name=\"avatar\"; filename=\"\xe5\xbd\xb1.png\"",
            b"form-data; name=\"avatar\"; filename*=utf-8''m%C3%BCller.png",
            b"form-data; name=\"avatar\"; filename*0=\"me\"; filename*1=\".png\"",
            b"form-data; name*=utf-8''ava%74ar; filename=me.png",
            b"form-data; name*0*=utf-8'en'av%61; name*1=tar; filename*=x",
            b"form-data; name=\"avatar\"; filename=\"open",
        ] {
            let shown = String::from_utf8_lossy(value);
            assert_eq!(read(value), (Some("avatar".to_owned()), true), "{shown}");
        }
    }

    #[test]
    fn what_names_no_file_is_none() {
        for value in [
            &b"form-data; name=\"avatar\""[..],
            b"form-data; name=\"avatar\"; x=\"filename=a\"",
            b"form-data; name=\"avatar\"; myfilename=a",
            b"form-data; name=\"avatar\"; ;;",
        ] {
            let shown = String::from_utf8_lossy(value);
            assert_eq!(read(value), (Some("avatar".to_owned()), false), "{shown}");
        }
        assert_eq!(read(b"form-data"), (None, false));
        assert_eq!(read(b""), (None, false));
    }

    #[test]
    fn boundaries_are_read_in_quotes_or_without() {
        for (value, boundary) in [
            (
                &b"multipart/form-data; boundary=----=_Part_1_2.3"[..],
                "----=_Part_1_2.3",
            ),
            (
                b"multipart/form-data; charset=utf-8; Boundary=\"a b:c\"",
                "a b:c",
            ),
            (b"multipart/form-data;boundary=x; charset=utf-8", "x"),
        ] {
            assert_eq!(
                Parameters::of(value).get("boundary").as_deref(),
                Some(boundary)
            );
        }
    }
}
