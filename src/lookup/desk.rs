//! The tab's state and what drives the queues.
//!
//! In: messages of the page, choices of the user, answers. Out: requests, messages, a redraw.
//! Must not know: how anything looks.

use std::cell::{Ref, RefCell};
use std::rc::Rc;

use wakeful_lookup::bootstrap::Registries;
use wakeful_lookup::memory::Memory;
use wakeful_lookup::plan::{self, Plan, Step};
use wakeful_lookup::queue::{Queue, Stand};
use wakeful_lookup::wire::{Message, decode, encode};
use wakeful_lookup::{Entry, Service, Subject};
use wasm_bindgen_futures::spawn_local;
use yew::Callback;

use super::keep::{Choices, keep_for_session, keep_spent, read, spent};
use super::net::{self, Call};
use crate::browser::place;
use crate::browser::room::{Line, now, token};

/// The longest that a waiting queue sleeps at once: the countdown on the screen moves.
const NAP_MS: f64 = 1000.0;
/// Under which the updated list of registries is kept for the session.
const LIST: &str = "registries";

/// What the tab knows.
pub struct State {
    /// The user's choices.
    pub choices: Choices,
    /// What the page sent; `None` before it has.
    pub subjects: Option<Vec<Subject>>,
    /// What the user chose in the page, one by one.
    pub chosen: Vec<Subject>,
    /// Whether the names of all alerts are offered although some were chosen.
    pub all: bool,
    /// The list of registries in use.
    pub registries: Registries,
    /// What is known.
    pub memory: Memory,
    /// The plan that was agreed to.
    pub agreed: Option<Plan>,
    /// What the browser lets this tab reach since then.
    pub narrowed: Option<Vec<String>>,
    /// A sentence about what just happened.
    pub notice: Option<String>,
    queues: [(Service, Queue); 2],
    calls: Vec<(Service, Call)>,
    /// Changes with every start and stop: a task of an earlier run ends by it.
    run: u32,
}

/// The desk.
pub struct Desk {
    state: RefCell<State>,
    line: RefCell<Option<Line>>,
    /// What this tab calls itself to the page, which may have several.
    name: String,
    redraw: Callback<()>,
}

impl Desk {
    /// Opens the line to the page that opened this tab.
    pub fn new(redraw: Callback<()>) -> Rc<Self> {
        let registries = match read(LIST) {
            Some((table, _)) => Registries::from_table(&table),
            None => Registries::shipped(),
        };
        let desk = Rc::new(Self {
            state: RefCell::new(State {
                choices: Choices::load(),
                subjects: None,
                chosen: Vec::new(),
                all: false,
                registries,
                memory: Memory::default(),
                agreed: None,
                narrowed: None,
                notice: None,
                queues: Service::ALL.map(|service| (service, queue(service))),
                calls: Vec::new(),
                run: 0,
            }),
            line: RefCell::new(None),
            // A browser that has lines has chance too.
            name: token().unwrap_or_default(),
            redraw,
        });
        let hears = Rc::downgrade(&desk);
        let line = Line::open(&place::fragment(), move |text| {
            if let (Some(desk), Some(message)) = (hears.upgrade(), decode(&text)) {
                desk.hear(message);
            }
        });
        desk.line.replace(line);
        desk.tell(&Message::Hello {
            tab: desk.name.clone(),
        });
        let leaves = Rc::downgrade(&desk);
        net::on_leave(move || {
            if let Some(desk) = leaves.upgrade() {
                let tab = desk.name.clone();
                desk.tell(&Message::Bye { tab });
            }
        });
        desk
    }

    /// What it knows now.
    pub fn state(&self) -> Ref<'_, State> {
        self.state.borrow()
    }

    fn hear(&self, message: Message) {
        // The page's own messages alone; another tab's are not for this one.
        if let Message::List {
            subjects,
            chosen,
            known,
        } = message
        {
            let mut state = self.state.borrow_mut();
            if state.chosen != chosen {
                state.chosen = chosen;
                state.all = false;
            }
            for entry in known {
                state.memory.put(entry);
            }
            state.subjects = Some(subjects);
            drop(state);
            self.redraw.emit(());
        }
    }

    fn tell(&self, message: &Message) {
        if let Some(line) = &*self.line.borrow() {
            line.send(&encode(message));
        }
    }

    /// The user chose.
    pub fn choose(&self, change: impl FnOnce(&mut Choices)) {
        let mut state = self.state.borrow_mut();
        change(&mut state.choices);
        state.choices.save();
        state.notice = None;
        drop(state);
        self.redraw.emit(());
    }

    /// The names of all alerts, or those that were chosen.
    pub fn offer(&self, all: bool) {
        self.state.borrow_mut().all = all;
        self.redraw.emit(());
    }

    /// The user agreed to the plan that is shown: narrows the policy and begins.
    pub fn agree(self: &Rc<Self>) {
        let plan = self.state().plan();
        if plan.steps.is_empty() || self.state().needs_reload(&plan) {
            return;
        }
        let mut state = self.state.borrow_mut();
        if state.narrowed.is_none() {
            let origins = plan.origins();
            if net::narrow(&origins).is_err() {
                state.notice = Some(
                    "The browser did not take the narrower policy, so nothing was sent. Reload \
                     this tab."
                        .to_owned(),
                );
                drop(state);
                return self.redraw.emit(());
            }
            state.narrowed = Some(origins);
        }
        for (service, queue) in &mut state.queues {
            queue.fill(plan.of(*service).map(|step| step.subject.clone()));
        }
        state.agreed = Some(plan);
        drop(state);
        self.go();
    }

    /// Stops; what is left can be resumed.
    pub fn cancel(&self) {
        let mut state = self.state.borrow_mut();
        state.run += 1;
        for (_, call) in state.calls.drain(..) {
            call.give_up();
        }
        for (_, queue) in &mut state.queues {
            queue.stop();
        }
        drop(state);
        self.report();
    }

    /// Goes on with what is left.
    pub fn resume(self: &Rc<Self>) {
        for (_, queue) in &mut self.state.borrow_mut().queues {
            queue.resume();
        }
        self.go();
    }

    /// Asks IANA for the current list.
    pub fn update_list(self: &Rc<Self>) {
        let desk = Rc::clone(self);
        spawn_local(async move {
            let list = net::registries().await;
            let mut state = desk.state.borrow_mut();
            state.notice = Some(match list {
                Ok(list) => {
                    keep_for_session(LIST, &list.table());
                    let said = format!(
                        "IANA's list of {} is in use: {} top-level domains.",
                        list.published,
                        list.len()
                    );
                    state.registries = list;
                    said
                }
                Err(why) => why,
            });
            drop(state);
            desk.redraw.emit(());
        });
    }

    fn go(self: &Rc<Self>) {
        let run = {
            let mut state = self.state.borrow_mut();
            state.run += 1;
            state.notice = None;
            state.run
        };
        for service in Service::ALL {
            let desk = Rc::clone(self);
            spawn_local(async move { desk.drive(service, run).await });
        }
        self.report();
    }

    /// Asks one subject after the other, as the rate allows.
    async fn drive(self: Rc<Self>, service: Service, run: u32) {
        loop {
            if self.state().run != run {
                return;
            }
            // Another tab may have asked meanwhile: the rate is that of all of them together.
            self.state
                .borrow_mut()
                .queue(service)
                .remember(spent(service));
            let stand = self.state().stand(service);
            match stand {
                Stand::Ready => self.one(service, run).await,
                Stand::Waiting(seconds) => {
                    self.redraw.emit(());
                    net::sleep((seconds * 1000.0).min(NAP_MS).ceil() as i32).await;
                }
                Stand::Done | Stand::Stopped(_) | Stand::Asking => break,
            }
        }
        self.report();
    }

    async fn one(&self, service: Service, run: u32) {
        let Some((step, key, call)) = self.take(service) else {
            return;
        };
        self.report();
        let (host, outcome) = call.ask(&step, &key).await;
        let mut state = self.state.borrow_mut();
        // The user stopped meanwhile: the subject waits in the queue again.
        if state.run != run {
            return;
        }
        state.calls.retain(|(of, _)| *of != service);
        let problem = outcome.as_ref().err().cloned();
        let is_final = state.queue(service).answered(now(), problem.as_ref());
        if !is_final {
            state.notice = problem.map(|problem| problem.to_string());
            drop(state);
            return self.report();
        }
        let entry = Entry {
            service,
            subject: step.subject,
            at: now(),
            host,
            outcome,
        };
        state.memory.put(entry.clone());
        drop(state);
        self.tell(&Message::Answer(Box::new(entry)));
        self.report();
    }

    fn take(&self, service: Service) -> Option<(Step, String, Call)> {
        let mut state = self.state.borrow_mut();
        let queue = state.queue(service);
        queue.remember(spent(service));
        let subject = queue.take(now())?;
        keep_spent(service, queue.spent());
        // Only what stands in the plan that was agreed to is ever asked.
        let step = state
            .agreed
            .as_ref()?
            .of(service)
            .find(|step| step.subject == subject)?
            .clone();
        let call = Call::new()?;
        state.calls.push((service, call.clone()));
        Some((step, state.choices.key.clone(), call))
    }

    fn report(&self) {
        let (done, total, running) = self.state().progress();
        self.tell(&Message::Progress {
            tab: self.name.clone(),
            done,
            total,
            running,
        });
        self.redraw.emit(());
    }
}

/// An empty queue that knows what was asked before.
fn queue(service: Service) -> Queue {
    let mut queue = plan::queue(service);
    queue.remember(spent(service));
    queue
}

impl State {
    fn queue(&mut self, service: Service) -> &mut Queue {
        let at = usize::from(service == Service::Registration);
        &mut self.queues[at].1
    }

    /// Where the queue of a service stands.
    pub fn stand(&self, service: Service) -> Stand {
        let at = usize::from(service == Service::Registration);
        self.queues[at].1.stand(now())
    }

    /// What would be sent now.
    pub fn plan(&self) -> Plan {
        let alerts = self.subjects.as_deref().unwrap_or_default();
        let is_chosen = !self.chosen.is_empty() && !self.all;
        Plan::new(
            if is_chosen { &self.chosen } else { alerts },
            &self.choices.services(),
            &self.choices.ways,
            &self.registries,
            &self.memory,
            now(),
        )
    }

    /// Whether the plan has hosts that the policy no longer allows.
    pub fn needs_reload(&self, plan: &Plan) -> bool {
        self.narrowed.as_ref().is_some_and(|allowed| {
            plan.origins()
                .iter()
                .any(|origin| !allowed.contains(origin))
        })
    }

    /// Answered, of so many, whether it goes on.
    pub fn progress(&self) -> (u32, u32, bool) {
        let mut all = (0, 0, false);
        for (service, queue) in &self.queues {
            let (done, total) = queue.progress();
            all.0 += done;
            all.1 += total;
            all.2 |= !matches!(self.stand(*service), Stand::Done | Stand::Stopped(_));
        }
        all
    }

    /// Whether something is left that was stopped.
    pub fn can_resume(&self) -> bool {
        Service::ALL
            .into_iter()
            .any(|service| matches!(self.stand(service), Stand::Stopped(_)))
    }
}
