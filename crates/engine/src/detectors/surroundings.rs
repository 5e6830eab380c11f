//! What stands around a finding: who else, what the two ends are, and how the sequence of its records
//! compares with the log's own.
//!
//! In: a [`Scene`], detections. Out: their context and behaviour filled in. Must not know: why
//! anything was found. What the whole log does in sequence is learnt once, and only for what is asked.

use super::behaviour::{self, Chain};
use super::roles::Roles;
use super::unconnected::{Connected, Unasked, never_asked_of, never_connected_of};
use super::{About, Detection, Scene, context};
use crate::channels::flow::FlowClass;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

pub(super) struct Surroundings<'s, 'a> {
    scene: &'s Scene<'a>,
    roles: &'s Roles<'a>,
    connected: Vec<Option<Connected>>,
    unasked: Vec<Unasked>,
    channels: Option<Chain>,
    flows: BTreeMap<FlowClass, Chain>,
    /// Of a class, the places of a peer's channels among [`Scene::flows`].
    sharing: BTreeMap<FlowClass, FxHashMap<u32, Vec<usize>>>,
}

fn by_peer(scene: &Scene<'_>, class: FlowClass) -> FxHashMap<u32, Vec<usize>> {
    let mut all: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
    for (at, ends) in scene.flows(class).iter().enumerate() {
        all.entry(ends.other_id).or_default().push(at);
    }
    all
}

impl<'s, 'a> Surroundings<'s, 'a> {
    /// Of what is told of `detections`: what nobody asks about is not looked up.
    pub(super) fn new(
        scene: &'s Scene<'a>,
        roles: &'s Roles<'a>,
        detections: &[Detection],
    ) -> Self {
        let (mut asking, mut connecting) = (FxHashSet::default(), FxHashSet::default());
        for detection in detections {
            match detection.about {
                About::Channel(id) => asking.insert(scene.dns[id as usize].client_id),
                About::Flows(class, id) => scene
                    .flow(class, id)
                    .is_some_and(|ends| connecting.insert(ends.client_id)),
                About::Client => false,
            };
        }
        Self {
            scene,
            roles,
            connected: never_connected_of(scene, |client| asking.contains(&client)),
            unasked: never_asked_of(scene, |client| connecting.contains(&client)),
            channels: None,
            flows: BTreeMap::new(),
            sharing: BTreeMap::new(),
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
                let own = std::mem::take(&mut finding.context.notes);
                finding.context = context::context(scene, self.roles, ends, connected);
                finding.context.notes.splice(0..0, own);
                let population = self
                    .channels
                    .get_or_insert_with(|| behaviour::dns_population(scene));
                finding.behaviour = Some(behaviour::measure_dns(ends.channel, population));
            }
            About::Flows(class, id) => {
                let Some(ends) = scene.flow(class, id) else {
                    return;
                };
                let sharing = self
                    .sharing
                    .entry(class)
                    .or_insert_with(|| by_peer(scene, class))
                    .get(&ends.other_id)
                    .map_or(&[][..], Vec::as_slice);
                let clients = sharing.iter().map(|&at| &scene.flows(class)[at]);
                finding.context = context::flow_context(self.roles, ends, clients);
                let unasked = self
                    .unasked
                    .binary_search_by_key(&ends.client_id, |unasked| unasked.client);
                if let Ok(at) = unasked {
                    finding.context.notes.extend(self.unasked[at].note());
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
