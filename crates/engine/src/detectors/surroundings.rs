//! What stands around a finding: who else, what the two ends are, and how the sequence of its records
//! compares with the log's own.
//!
//! In: a [`Scene`], detections. Out: their context and behaviour filled in. Must not know: why
//! anything was found. What the whole log does in sequence is learnt once, and only for what is asked.

use super::behaviour::{self, Chain};
use super::roles::Roles;
use super::unconnected::{Connected, Unasked, never_asked, never_connected};
use super::{About, Detection, Scene, context};
use crate::channels::flow::FlowClass;
use std::collections::BTreeMap;

pub(super) struct Surroundings<'s, 'a> {
    scene: &'s Scene<'a>,
    roles: &'s Roles<'a>,
    connected: Vec<Option<Connected>>,
    unasked: Vec<Unasked>,
    channels: Option<Chain>,
    flows: BTreeMap<FlowClass, Chain>,
}

impl<'s, 'a> Surroundings<'s, 'a> {
    pub(super) fn new(scene: &'s Scene<'a>, roles: &'s Roles<'a>) -> Self {
        Self {
            scene,
            roles,
            connected: never_connected(scene),
            unasked: never_asked(scene),
            channels: None,
            flows: BTreeMap::new(),
        }
    }

    /// Fills in what stands around a detection.
    pub(super) fn tell(&mut self, detection: &mut Detection) {
        let scene = self.scene;
        let finding = &mut detection.finding;
        match detection.about {
            About::Channel(id) => {
                let ends = &scene.dns[id as usize];
                let connected = self.connected[id as usize];
                finding.context = context::context(scene, self.roles, ends, connected);
                let population = self
                    .channels
                    .get_or_insert_with(|| behaviour::dns_population(scene));
                finding.behaviour = Some(behaviour::measure_dns(ends.channel, population));
            }
            About::Flows(class, id) => {
                let Some(ends) = scene.flow(class, id) else {
                    return;
                };
                finding.context = context::flow_context(scene, self.roles, ends, class);
                let unasked = self
                    .unasked
                    .binary_search_by_key(&ends.client_id, |unasked| unasked.client);
                if let Ok(at) = unasked {
                    finding.context.notes.push(self.unasked[at].note());
                }
                let population = self
                    .flows
                    .entry(class)
                    .or_insert_with(|| behaviour::flow_population(scene.analysis, class));
                finding.behaviour = Some(behaviour::measure_flow(
                    scene.analysis,
                    ends.channel,
                    population,
                ));
            }
            About::Client => {}
        }
    }
}
