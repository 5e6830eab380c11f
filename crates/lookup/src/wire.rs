//! What crosses between the page, its look-up tab and the relay: JSON, with a version.
//!
//! In and out: values of these types. A [`Subject`] in a message is checked while it is read, so
//! neither side can be handed a full query name.
//! Must not know: what either side does with a message.

use crate::{Entry, Problem, Record, Service, Subject};
use serde::{Deserialize, Serialize};

/// The version of these messages.
pub const VERSION: u32 = 3;

/// Page and look-up tabs to each other. A tab names itself by a text of its own: there may be several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Message {
    /// The tab is there and asks for the list.
    Hello {
        /// Which.
        tab: String,
    },
    /// The page: what could be looked up, the most important first, and what is known already.
    List {
        /// Each once.
        subjects: Vec<Subject>,
        /// What the user chose one by one; where there is any, only that is offered.
        chosen: Vec<Subject>,
        /// Of look-ups before.
        known: Vec<Entry>,
    },
    /// The tab: an answer.
    Answer(Box<Entry>),
    /// The tab: how far it is, of all that is to be asked.
    Progress {
        /// Which.
        tab: String,
        /// Answered.
        done: u32,
        /// Of so many.
        total: u32,
        /// Whether it goes on by itself.
        running: bool,
    },
    /// The tab is closed.
    Bye {
        /// Which.
        tab: String,
    },
}

/// A message with its version.
#[derive(Debug, Serialize, Deserialize)]
struct Envelope<T> {
    wakeful: u32,
    message: T,
}

/// A message as text.
#[must_use]
pub fn encode(message: &Message) -> String {
    let envelope = Envelope {
        wakeful: VERSION,
        message,
    };
    // Strings, numbers and lists: nothing here can fail to be written.
    serde_json::to_string(&envelope).unwrap_or_default()
}

/// The message of a text; `None` for another version and for anything else.
#[must_use]
pub fn decode(text: &str) -> Option<Message> {
    let envelope: Envelope<Message> = serde_json::from_str(text).ok()?;
    (envelope.wakeful == VERSION).then_some(envelope.message)
}

/// What the relay is asked. The address of the server is not part of it: the relay has its own
/// fixed list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// What.
    pub service: Service,
    /// Of what.
    pub subject: Subject,
}

/// What the relay answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The host that the relay asked; empty where it asked none.
    pub host: String,
    /// What came of it.
    pub outcome: Result<Record, Problem>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back_and_other_versions_do_not() {
        let message = Message::List {
            subjects: vec![Subject::domain("evil.com").unwrap()],
            chosen: vec![Subject::domain("other.com").unwrap()],
            known: vec![Entry {
                service: Service::Registration,
                subject: Subject::domain("evil.de").unwrap(),
                at: 1.5,
                host: "x".into(),
                outcome: Err(Problem::Quota {
                    again_in: None,
                    day: true,
                }),
            }],
        };
        let text = encode(&message);
        assert_eq!(decode(&text), Some(message));
        assert_eq!(
            decode(&text.replace("\"wakeful\":3", "\"wakeful\":2")),
            None
        );
        assert_eq!(decode("nonsense"), None);
    }

    #[test]
    fn a_question_names_no_server_and_no_full_name() {
        let ask = |text: &str| serde_json::from_str::<Ask>(text);
        assert!(ask(r#"{"service":"reputation","subject":"evil.com"}"#).is_ok());
        assert!(ask(r#"{"service":"reputation","subject":"x.evil.com"}"#).is_err());
        assert!(ask(r#"{"service":"reputation","subject":"evil.com","host":"a"}"#).is_err());
        assert!(ask(r#"{"service":"shell","subject":"evil.com"}"#).is_err());
    }
}
