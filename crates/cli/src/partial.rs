//! `wakeful partial`: paths, or pieces of logs, to a partial result.

use crate::files::{each_chunk, files, open, read};
use crate::{USAGE, text};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::io::{BufRead, IsTerminal, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use wakeful_engine::{Piece, Session};
use wakeful_logs::piece::{Before, Start};

/// As many first bytes as tell what a file is.
const FIRST: u64 = 512;

/// How a partial result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As it is.
    Bytes,
    /// As one line of text.
    Base64,
}

impl Form {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "bytes" => Some(Self::Bytes),
            "base64" => Some(Self::Base64),
            _ => None,
        }
    }
}

/// What to read of each path.
#[derive(Default)]
struct Plan {
    slice: Option<Piece>,
    piece: Option<Piece>,
    header: Option<Start>,
    name: Option<String>,
}

pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<ExitCode, String> {
    let mut plan = Plan::default();
    let (mut form, mut out) = (Form::Bytes, PathBuf::from("-"));
    let mut paths = Vec::new();
    while let Some(argument) = arguments.next().map_err(|error| error.to_string())? {
        match argument {
            lexopt::Arg::Long("slice") => plan.slice = Some(piece(&text(&mut arguments)?)?),
            lexopt::Arg::Long("piece") => plan.piece = Some(piece(&text(&mut arguments)?)?),
            lexopt::Arg::Long("header") => {
                plan.header = Some(header(Path::new(&text(&mut arguments)?))?);
            }
            lexopt::Arg::Long("name") => plan.name = Some(text(&mut arguments)?),
            lexopt::Arg::Long("paths") => {
                listed(Path::new(&text(&mut arguments)?), &mut paths)?;
            }
            lexopt::Arg::Long("format") => {
                let name = text(&mut arguments)?;
                form = Form::named(&name)
                    .ok_or_else(|| format!("--format is bytes or base64, not {name}"))?;
            }
            lexopt::Arg::Long("out") => out = text(&mut arguments)?.into(),
            lexopt::Arg::Value(path) => paths.push(Some(PathBuf::from(path))),
            other => return Err(format!("{}\n\n{USAGE}", other.unexpected())),
        }
    }
    if paths.is_empty() {
        return Err(format!(
            "which logs? Name files or folders, - for standard input, or a list of them with --paths.\n\n{USAGE}"
        ));
    }
    let paths: Vec<PathBuf> = paths.into_iter().flatten().collect();

    let mut unread = Vec::new();
    let files = files(&paths, &mut unread);
    // What is not in a partial result is not missed in the report: a result of half the logs is none.
    if let Some(what) = unread.first() {
        return Err(what.clone());
    }
    if plan.slice.is_some() && plan.piece.is_some() {
        return Err(
            "--slice cuts a log, and --piece is one that was cut: name one of them.".to_owned(),
        );
    }
    if (plan.name.is_some() || plan.piece.is_some()) && files.len() != 1 {
        return Err(format!(
            "--name and --piece are about one log, and these are {}: read each by itself.",
            files.len()
        ));
    }
    let mut session = Session::new();
    for path in &files {
        plan.read(path, &mut session)?;
    }
    write(&mut session, form, &out)?;
    // As after a scan, memory is not given back one by one.
    std::mem::forget(session);
    Ok(ExitCode::SUCCESS)
}

/// Writes a partial result to a file or to standard output.
pub(crate) fn write(session: &mut Session, form: Form, out: &Path) -> Result<(), String> {
    let bytes = session.to_partial().map_err(|error| error.to_string())?;
    let bytes = match form {
        Form::Bytes => bytes,
        Form::Base64 => (BASE64_STANDARD.encode(bytes) + "\n").into_bytes(),
    };
    if out != Path::new("-") {
        return std::fs::write(out, bytes).map_err(|error| format!("{}: {error}", out.display()));
    }
    let mut stdout = std::io::stdout().lock();
    if form == Form::Bytes && stdout.is_terminal() {
        return Err(
            "a partial result is bytes that no terminal shows: name a file with --out, or a form of text with --format base64."
                .to_owned(),
        );
    }
    let written = stdout.write_all(&bytes).and_then(|()| stdout.flush());
    written.map_err(|error| format!("cannot write the partial result: {error}"))
}

/// Paths, one a line; a list without any is a list all the same.
fn listed(path: &Path, paths: &mut Vec<Option<PathBuf>>) -> Result<(), String> {
    paths.push(None);
    for line in std::io::BufReader::new(open(path)?).lines() {
        let line = line.map_err(|error| format!("{}: {error}", path.display()))?;
        if !line.trim().is_empty() {
            paths.push(Some(PathBuf::from(line)));
        }
    }
    Ok(())
}

/// `K/N`.
fn piece(text: &str) -> Result<Piece, String> {
    let piece = text.split_once('/').and_then(|(number, of)| {
        Some(Piece {
            number: number.parse().ok()?,
            of: of.parse().ok()?,
        })
    });
    piece.filter(|piece| piece.is_sound()).ok_or_else(|| {
        format!(
            "{text} is no piece: write 1/8 for the first of eight, of at most {}.",
            Piece::MOST
        )
    })
}

/// What the first lines of a log say about those that follow.
fn header(path: &Path) -> Result<Start, String> {
    let sentence = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes).map_err(sentence)?;
    // The last line may be cut, and says nothing then.
    let start = Start::of_text(&bytes).ok_or_else(|| {
        format!(
            "{}: there is no line of a log in this; take its first lines (head -n 20 dns.log).",
            path.display()
        )
    })?;
    let mut before = Before::new(&start);
    before.feed(&bytes);
    // Where the pieces under it begin is another question.
    Ok(before.start().behind(None))
}

impl Plan {
    fn read(&self, path: &Path, session: &mut Session) -> Result<(), String> {
        let name = match &self.name {
            Some(name) => name.clone(),
            None => path.to_string_lossy().into_owned(),
        };
        if let Some(slice) = self.slice {
            return self.slice(path, &name, slice, session);
        }
        if self.piece.is_none() && self.header.is_none() {
            if self.name.is_none() {
                return read(path, session);
            }
            let mut input = open(path)?;
            session.open(&name);
            return feed(path, &mut input, session);
        }
        let mut input = open(path)?;
        let mut first = Vec::new();
        let sentence = |error: std::io::Error| format!("{}: {error}", path.display());
        (&mut input)
            .take(FIRST)
            .read_to_end(&mut first)
            .map_err(sentence)?;
        if !first.is_empty() && Start::of_text(&first).is_none() {
            return Err(format!(
                "{}: this is no text, and a piece of a log is; unpack the log before it is cut.",
                path.display()
            ));
        }
        let piece = self.piece.unwrap_or(Piece { number: 1, of: 1 });
        let beginning = (self.piece.is_some() && piece.number == 1)
            .then(|| Start::of_text(&first))
            .flatten();
        let start = beginning
            .or_else(|| self.header.clone())
            .unwrap_or_default();
        session.open_piece(&name, piece, start)?;
        session.feed(&first);
        feed(path, &mut input, session)
    }

    /// Reads one slice of a file.
    fn slice(
        &self,
        path: &Path,
        name: &str,
        slice: Piece,
        session: &mut Session,
    ) -> Result<(), String> {
        if path == Path::new("-") {
            return Err("standard input cannot be cut into slices; name a file, or cut it yourself and name the piece (--piece).".to_owned());
        }
        let sentence = |error: std::io::Error| format!("{}: {error}", path.display());
        let mut file = std::fs::File::open(path).map_err(sentence)?;
        let size = file.metadata().map_err(sentence)?.len();
        let mut first = Vec::new();
        (&mut file)
            .take(FIRST)
            .read_to_end(&mut first)
            .map_err(sentence)?;
        let Some(beginning) = Start::of_text(&first) else {
            if slice.number == 1 {
                file.rewind().map_err(sentence)?;
                session.open(name);
                return feed(path, &mut file, session);
            }
            return Ok(());
        };
        let at = |number: u32| {
            let share = u128::from(size) * u128::from(number) / u128::from(slice.of);
            line_start(&mut &file, share as u64).map_err(sentence)
        };
        let (from, to) = (at(slice.number - 1)?, at(slice.number)?);
        let start = match &self.header {
            Some(header) if from > 0 => header.clone().behind(Some(from)),
            _ => {
                let mut before = Before::new(&beginning);
                file.rewind().map_err(sentence)?;
                each_chunk(&mut (&mut file).take(from), |chunk| before.feed(chunk))
                    .map_err(sentence)?;
                before.start()
            }
        };
        session.open_piece(name, slice, start)?;
        file.seek(SeekFrom::Start(from)).map_err(sentence)?;
        let rest = if slice.number == slice.of {
            u64::MAX
        } else {
            to - from
        };
        feed(path, &mut file.take(rest), session)
    }
}

/// Feeds the open input and ends it.
fn feed(path: &Path, input: &mut impl Read, session: &mut Session) -> Result<(), String> {
    let outcome = each_chunk(input, |chunk| session.feed(chunk));
    session.close();
    outcome.map_err(|error| format!("{}: {error}", path.display()))
}

/// Where the first line begins at or behind a place: at the beginning, or behind a line's end.
fn line_start<F: Read + Seek>(file: &mut F, at: u64) -> std::io::Result<u64> {
    let Some(before) = at.checked_sub(1) else {
        return Ok(0);
    };
    let mut place = file.seek(SeekFrom::Start(before))?;
    let mut buffer = vec![0; 1 << 13];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(place),
            Ok(count) => {
                if let Some(end) = buffer[..count].iter().position(|&byte| byte == b'\n') {
                    return Ok(place + end as u64 + 1);
                }
                place += count as u64;
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_begin_where_lines_do_and_leave_nothing_out() {
        for text in ["", "a\nbb\n\nccc", "\n\n", "no end", "x\ny\n"] {
            let starts: Vec<u64> = (0..=text.len())
                .filter(|&at| at == 0 || text.as_bytes()[at - 1] == b'\n' || at == text.len())
                .map(|at| at as u64)
                .collect();
            for at in 0..=text.len() as u64 {
                let mut file = std::io::Cursor::new(text);
                let expected = starts.iter().find(|&&start| start >= at);
                assert_eq!(
                    line_start(&mut file, at).ok().as_ref(),
                    expected,
                    "{text:?} {at}"
                );
            }
        }
    }

    #[test]
    fn pieces_are_written_as_k_of_n() {
        assert_eq!(piece("2/8"), Ok(Piece { number: 2, of: 8 }));
        for wrong in ["", "2", "0/8", "9/8", "a/b", "1/0", "1/70000", "-1/8"] {
            assert!(piece(wrong).is_err(), "{wrong}");
        }
    }
}
