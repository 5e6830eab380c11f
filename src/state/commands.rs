//! Everything that can be done, by name: for the palette, the menus and the help.
//!
//! In: the state. Out: the commands that make sense in it, each with the action that it is.
//! Must not know: how a command is chosen.

use super::export::Format;
use super::list::{self, Group, Sort};
use super::marks::{self, Verdict};
use super::view::View;
use super::{Action, Stage, State, Theme};
use wakeful_engine::order;

/// A command.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// What it does, in sentence case.
    pub title: String,
    /// The key for it, if there is one.
    pub key: Option<&'static str>,
    /// What is done.
    pub deed: Deed,
}

/// What a command does.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// An action on the state.
    Act(Action),
    /// The file dialog opens.
    ChooseFiles,
    /// The dialog for a folder opens.
    ChooseFolder,
    /// The findings that are shown are saved.
    Save(Format),
    /// The focus goes into the filter.
    Filter,
    /// The address of what is shown is copied.
    CopyLink,
    /// The page is printed.
    Print,
}

fn act(title: impl Into<String>, key: Option<&'static str>, action: Action) -> Command {
    Command {
        title: title.into(),
        key,
        deed: Deed::Act(action),
    }
}

fn other(title: impl Into<String>, key: Option<&'static str>, deed: Deed) -> Command {
    Command {
        title: title.into(),
        key,
        deed,
    }
}

/// The commands that make sense in a state.
#[must_use]
pub fn all(state: &State) -> Vec<Command> {
    let done = matches!(state.stage, Stage::Done(_));
    let mut all = of_the_selected(state);
    for (at, view) in View::READY.into_iter().enumerate() {
        const KEYS: [&str; 7] = ["1", "2", "3", "4", "5", "6", "7"];
        if done || !view.needs_report() {
            let title = format!("Go to {}", view.title().to_lowercase());
            all.push(act(title, KEYS.get(at).copied(), Action::View(view)));
        }
    }
    if done {
        all.extend(of_the_list(state));
    }
    all.push(other("Choose files…", None, Deed::ChooseFiles));
    all.push(other("Choose a folder…", None, Deed::ChooseFolder));
    if !matches!(state.stage, Stage::Idle | Stage::Reading(_)) {
        all.push(act("Scan other files", None, Action::Reset));
    }
    for (theme, name) in [
        (Theme::Light, "light"),
        (Theme::Dark, "dark"),
        (Theme::System, "as the system has them"),
    ] {
        if theme != state.theme {
            all.push(act(format!("Colours: {name}"), None, Action::Theme(theme)));
        }
    }
    all.push(act(
        "Settings",
        Some("s"),
        Action::Dialog(Some(super::Dialog::Settings)),
    ));
    all.push(act(
        "Keys",
        Some("?"),
        Action::Dialog(Some(super::Dialog::Keys)),
    ));
    if done {
        let verb = if state.masked { "Do not mask" } else { "Mask" };
        all.push(act(
            format!("{verb} addresses in what is saved"),
            None,
            Action::Mask(!state.masked),
        ));
    }
    all.push(other("Copy a link to this view", None, Deed::CopyLink));
    all.push(other("Print…", None, Deed::Print));
    all
}

fn of_the_selected(state: &State) -> Vec<Command> {
    let Some((_, finding)) = state.selected_finding() else {
        return Vec::new();
    };
    let verdict = |verdict: Verdict| {
        let mark = state.marks.now.of(finding);
        let title = if mark.and_then(|mark| mark.verdict) == Some(verdict) {
            format!("Take back: {}", verdict.name())
        } else {
            format!("Mark this finding as {}", verdict.name())
        };
        let key = match verdict {
            Verdict::Benign => "b",
            Verdict::Malicious => "x",
        };
        let change = marks::Change::Verdict(finding.id.clone(), verdict);
        act(title, Some(key), Action::Marks(change))
    };
    let mut all = vec![verdict(Verdict::Benign), verdict(Verdict::Malicious)];
    let value = |text: &str| Action::List(list::Change::Value(text.to_owned()));
    if let Some(domain) = &finding.domain {
        let change = marks::Change::Allow(domain.clone(), String::new());
        all.push(act(
            format!("Allow {domain}"),
            Some("a"),
            Action::Marks(change),
        ));
        all.push(act(format!("Show only {domain}"), None, value(domain)));
    }
    let client = &finding.client;
    all.push(act(
        format!("Show only client {client}"),
        None,
        value(client),
    ));
    all.push(act("Write a note", Some("n"), Action::Note(None)));
    all.push(act("Close this finding", Some("Esc"), Action::Deselect));
    all
}

fn of_the_list(state: &State) -> Vec<Command> {
    let mut all = vec![
        act("Next finding", Some("j"), Action::Move(1)),
        act("Previous finding", Some("k"), Action::Move(-1)),
        other("Filter findings", Some("/"), Deed::Filter),
    ];
    if state.list.hides() {
        let change = Action::List(list::Change::Clear);
        all.push(act("Show all findings", None, change));
    }
    for min in [0, 40, 60, 80] {
        let title = match min {
            0 => "Show every score".to_owned(),
            60 => "Show alerts only: score of 60 and more".to_owned(),
            min => format!("Show scores of {min} and more"),
        };
        let change = list::Change::Min(min);
        all.push(act(title, None, Action::List(change)));
    }
    for sort in Sort::ALL {
        let change = list::Change::Sort(sort);
        all.push(act(
            format!("Sort by {}", sort.title()),
            None,
            Action::List(change),
        ));
    }
    for group in Group::ALL {
        let change = list::Change::Group(group);
        all.push(act(
            format!("Group by {}", group.title()),
            None,
            Action::List(change),
        ));
    }
    let handled = !state.list.arrangement.handled;
    let verb = if handled { "Show" } else { "Hide" };
    let change = list::Change::Handled(handled);
    all.push(act(
        format!("{verb} what is allowed or benign"),
        None,
        Action::List(change),
    ));
    if state.marks.can_undo() {
        all.push(act(
            "Undo the last mark",
            Some("u"),
            Action::Marks(marks::Change::Undo),
        ));
    }
    if state.marks.can_redo() {
        all.push(act(
            "Redo the last mark",
            Some("r"),
            Action::Marks(marks::Change::Redo),
        ));
    }
    for format in Format::ALL {
        all.push(other(
            format!("Save the findings shown as {}", format.title()),
            None,
            Deed::Save(format),
        ));
    }
    all
}

/// The commands whose titles hold the letters typed, in their order: those with the letters in one
/// piece first, at the start of a word before within one.
#[must_use]
pub fn matching(commands: Vec<Command>, typed: &str) -> Vec<Command> {
    let typed = typed.trim().to_lowercase();
    let mut ranked: Vec<(u32, Command)> = commands
        .into_iter()
        .filter_map(|command| Some((rank(&command.title.to_lowercase(), &typed)?, command)))
        .collect();
    order::by_key(&mut ranked, |(rank, _)| *rank);
    ranked.into_iter().map(|(_, command)| command).collect()
}

/// How far a title is from what was typed; `None` where it does not hold the letters in order.
fn rank(title: &str, typed: &str) -> Option<u32> {
    if let Some(at) = title.find(typed) {
        let starts_word = at == 0 || title[..at].ends_with([' ', '.', ':']);
        return Some(u32::from(!starts_word));
    }
    let mut rest = title.chars();
    let mut skipped = 0;
    for wanted in typed.chars() {
        let mut gap = 0;
        while rest.next()? != wanted {
            gap += 1;
        }
        skipped += gap;
    }
    Some(2 + skipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(typed: &str) -> Vec<String> {
        matching(all(&State::default()), typed)
            .into_iter()
            .map(|command| command.title)
            .collect()
    }

    #[test]
    fn a_few_letters_find_a_command() {
        assert_eq!(titles("mod")[0], "Go to models");
        assert_eq!(titles("cfo")[0], "Choose a folder…");
        assert!(titles("qqq").is_empty());
        assert_eq!(titles("").len(), all(&State::default()).len());
    }

    #[test]
    fn nothing_is_offered_that_makes_no_sense() {
        let titles = titles("");
        assert!(
            titles
                .iter()
                .all(|title| !title.contains("finding") && !title.contains("Sort"))
        );
    }
}
