//! Trees over blocks of rows: the sums of [`Forest::sum`], for many rows at once.
//!
//! In: a forest and columns of rows. Out: each row's sum of leaves, to the last bit that of the walk
//! row by row. Must not know: features' names, scores.
//!
//! Three things make it fast; `docs/performance.md` has the figures and what did not help.
//!
//! - A row's value is compared with thresholds by its *rank*: how many of the column's distinct
//!   thresholds are below it. `x > t` is `rank(x) > index(t)` exactly, so a node needs 16 bits
//!   for its threshold, and one binary search a column stands for the comparisons of all trees.
//! - A small tree is not walked: every split is computed for all rows of the block, from the leaves
//!   up, as a choice between two bytes that number leaves. That is three instructions of fixed-width
//!   SIMD for 16 rows, which the compiler finds by itself in plain loops over arrays.
//! - A large tree is walked by eight rows in step, so that their waits overlap. A leaf is its
//!   own child, so no row needs to stop before the others.

use super::Forest;
use super::forest::Node;
use crate::order;

/// Rows in a block. 128 is as fast within a few per cent, 64 is slower by a sixth.
pub(super) const ROWS: usize = 256;
/// Rows that walk in step. 16 are slower by a quarter: their places no longer fit the registers.
const LANES: usize = 8;
/// Leaves of a tree that is not walked, at most: a byte numbers them.
const LEAVES: usize = 256;
/// Thresholds of a column in one plane of bytes.
const PLANE: usize = 255;

/// A forest, laid out for blocks.
#[derive(Debug, Clone)]
pub(super) struct Blocks {
    columns: Vec<Column>,
    trees: Vec<Tree>,
    nodes: Vec<Step>,
    values: Vec<f64>,
    planes: usize,
    /// How many choices wait for their other half at most.
    stack: usize,
}

/// A column's thresholds: ascending, distinct, filled up with infinities to 2^bits − 1.
#[derive(Debug, Clone)]
struct Column {
    thresholds: Vec<f64>,
    bits: u32,
    first_plane: usize,
    planes: usize,
}

#[derive(Debug, Clone)]
enum Tree {
    /// Leaves and splits, children before their parent.
    Chosen {
        choices: Vec<Choice>,
        leaves: Box<[f64; LEAVES]>,
    },
    Walked {
        root: u32,
        depth: u32,
    },
}

#[derive(Debug, Clone, Copy)]
enum Choice {
    Leaf(u8),
    /// Of the last two: the latter where the plane's byte is greater.
    Split {
        plane: u32,
        rank: u8,
    },
}

/// A node of a walked tree: 8 bytes.
#[derive(Debug, Clone, Copy)]
struct Step {
    left: u32,
    rank: u16,
    column: u16,
}

/// What a block is computed in; made once for many blocks.
#[derive(Debug)]
pub(super) struct Room {
    ranks: Vec<[u16; ROWS]>,
    planes: Vec<[u8; ROWS]>,
    stack: Vec<[u8; ROWS]>,
}

impl Blocks {
    /// Lays a forest out; `None` where a rank would not fit 16 bits or a threshold is no number.
    pub(super) fn new(forest: &Forest, columns: usize) -> Option<Self> {
        let columns = thresholds(forest, columns)?;
        let planes = columns.iter().map(|column| column.planes).sum();
        let steps = steps(&forest.nodes, &columns);
        let depths = depths(&forest.nodes);
        let mut stack = 1;
        let trees = forest
            .roots
            .iter()
            .map(|&root| {
                let mut tree = Choosing::default();
                if tree.add(&forest.nodes, &columns, root as usize).is_some() {
                    stack = stack.max(tree.deepest);
                    return tree.finish();
                }
                let depth = depths[root as usize];
                Tree::Walked { root, depth }
            })
            .collect();
        Some(Self {
            columns,
            trees,
            nodes: steps,
            values: forest.nodes.iter().map(|node| node.value).collect(),
            planes,
            stack,
        })
    }

    pub(super) fn room(&self) -> Room {
        Room {
            ranks: vec![[0; ROWS]; self.columns.len()],
            planes: vec![[0; ROWS]; self.planes],
            stack: vec![[0; ROWS]; self.stack],
        }
    }

    /// The sum of the trees' leaves of each row. `columns`: a model's columns, each of [`ROWS`] rows.
    pub(super) fn sums(&self, columns: &[[f64; ROWS]], room: &mut Room) -> [f64; ROWS] {
        for (at, (column, values)) in self.columns.iter().zip(columns).enumerate() {
            column.rank(values, &mut room.ranks[at]);
            column.split(&room.ranks[at], &mut room.planes[column.first_plane..]);
        }
        // A row's leaves are added in the order of the trees, as in a walk row by row: float sums
        // depend on it.
        let mut sums = [0.0; ROWS];
        for tree in &self.trees {
            match tree {
                Tree::Chosen { choices, leaves } => {
                    let chosen = choose(choices, &room.planes, &mut room.stack);
                    for (sum, &leaf) in sums.iter_mut().zip(chosen) {
                        *sum += leaves[usize::from(leaf)];
                    }
                }
                Tree::Walked { root, depth } => self.walk(*root, *depth, &room.ranks, &mut sums),
            }
        }
        sums
    }

    fn walk(&self, root: u32, depth: u32, ranks: &[[u16; ROWS]], sums: &mut [f64; ROWS]) {
        for (first, sums) in (0..ROWS)
            .step_by(LANES)
            .zip(sums.as_chunks_mut::<LANES>().0)
        {
            let mut at = [root; LANES];
            for _ in 0..depth {
                for (lane, at) in at.iter_mut().enumerate() {
                    let step = self.nodes[*at as usize];
                    let rank = ranks[usize::from(step.column)][first + lane];
                    *at = step.left + u32::from(rank > step.rank);
                }
            }
            for (sum, at) in sums.iter_mut().zip(at) {
                *sum += self.values[at as usize];
            }
        }
    }
}

impl Column {
    /// How many thresholds are below each value (none below what is no number). The number of steps
    /// is fixed and a step's outcome is shifted into place: where the compiler makes a jump of it,
    /// ranks take four times as long.
    fn rank(&self, values: &[f64; ROWS], ranks: &mut [u16; ROWS]) {
        const TOGETHER: usize = 16;
        let groups = values.as_chunks::<TOGETHER>().0.iter();
        for (values, ranks) in groups.zip(ranks.as_chunks_mut::<TOGETHER>().0) {
            let mut found = [0_u32; TOGETHER];
            for bit in (0..self.bits).rev() {
                for (found, value) in found.iter_mut().zip(values) {
                    let middle = *found as usize + (1 << bit) - 1;
                    *found += u32::from(self.thresholds[middle] < *value) << bit;
                }
            }
            for (rank, found) in ranks.iter_mut().zip(found) {
                *rank = found as u16;
            }
        }
    }

    /// Ranks as bytes: a column with more thresholds than a byte can count has several planes.
    fn split(&self, ranks: &[u16; ROWS], planes: &mut [[u8; ROWS]]) {
        for (number, plane) in planes.iter_mut().take(self.planes).enumerate() {
            let below = (number * PLANE) as u16;
            for (byte, rank) in plane.iter_mut().zip(ranks) {
                *byte = rank.saturating_sub(below).min(PLANE as u16) as u8;
            }
        }
    }

    fn index(&self, threshold: f64) -> usize {
        self.thresholds.partition_point(|&below| below < threshold)
    }
}

/// The leaf of each row, as its number.
fn choose<'a>(
    choices: &[Choice],
    planes: &[[u8; ROWS]],
    stack: &'a mut [[u8; ROWS]],
) -> &'a [u8; ROWS] {
    let mut height = 0;
    for choice in choices {
        match *choice {
            Choice::Leaf(number) => {
                stack[height] = [number; ROWS];
                height += 1;
            }
            Choice::Split { plane, rank } => {
                height -= 1;
                let (lower, upper) = stack.split_at_mut(height);
                let (left, right) = (&mut lower[height - 1], &upper[0]);
                let bytes = &planes[plane as usize];
                // Written as a mask: as a condition it is compiled to jumps, 14 times as slow.
                for row in 0..ROWS {
                    let mask = u8::from(bytes[row] > rank).wrapping_neg();
                    left[row] ^= (left[row] ^ right[row]) & mask;
                }
            }
        }
    }
    &stack[0]
}

fn thresholds(forest: &Forest, columns: usize) -> Option<Vec<Column>> {
    let mut thresholds = vec![Vec::new(); columns];
    for node in forest.nodes.iter().filter(|node| !node.is_leaf()) {
        thresholds
            .get_mut(usize::from(node.column))?
            .push(node.threshold);
    }
    let mut first_plane = 0;
    let columns = thresholds.into_iter().map(|mut thresholds| {
        order::by(&mut thresholds, f64::total_cmp);
        thresholds.dedup();
        let planes = thresholds.len().div_ceil(PLANE);
        let bits = usize::BITS - thresholds.len().leading_zeros();
        if thresholds.len() >= usize::from(u16::MAX) || thresholds.iter().any(|t| t.is_nan()) {
            return None;
        }
        thresholds.resize((1 << bits) - 1, f64::INFINITY);
        first_plane += planes;
        Some(Column {
            thresholds,
            bits,
            first_plane: first_plane - planes,
            planes,
        })
    });
    columns.collect()
}

fn steps(nodes: &[Node], columns: &[Column]) -> Vec<Step> {
    let step = |(at, node): (usize, &Node)| {
        if node.is_leaf() {
            // No rank is above it: a leaf leads to itself.
            return Step {
                left: at as u32,
                rank: u16::MAX,
                column: 0,
            };
        }
        Step {
            left: node.left,
            rank: columns[usize::from(node.column)].index(node.threshold) as u16,
            column: node.column,
        }
    };
    nodes.iter().enumerate().map(step).collect()
}

/// Steps from each node to its farthest leaf. Children stand behind their parent.
fn depths(nodes: &[Node]) -> Vec<u32> {
    let mut depths = vec![0; nodes.len()];
    for (at, node) in nodes
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, node)| !node.is_leaf())
    {
        let left = node.left as usize;
        depths[at] = 1 + depths[left].max(depths[left + 1]);
    }
    depths
}

/// A small tree, being written from the leaves up.
#[derive(Default)]
struct Choosing {
    choices: Vec<Choice>,
    leaves: Vec<f64>,
    height: usize,
    deepest: usize,
}

impl Choosing {
    /// `None` where the tree has too many leaves. The number of leaves bounds the recursion too.
    fn add(&mut self, nodes: &[Node], columns: &[Column], at: usize) -> Option<()> {
        let node = &nodes[at];
        if node.is_leaf() {
            let number = u8::try_from(self.leaves.len()).ok()?;
            self.leaves.push(node.value);
            self.choices.push(Choice::Leaf(number));
            self.height += 1;
            self.deepest = self.deepest.max(self.height);
            return Some(());
        }
        let left = node.left as usize;
        self.add(nodes, columns, left)?;
        self.add(nodes, columns, left + 1)?;
        let column = &columns[usize::from(node.column)];
        let index = column.index(node.threshold);
        self.choices.push(Choice::Split {
            plane: (column.first_plane + index / PLANE) as u32,
            rank: (index % PLANE) as u8,
        });
        self.height -= 1;
        Some(())
    }

    fn finish(self) -> Tree {
        let mut leaves = Box::new([0.0; LEAVES]);
        leaves[..self.leaves.len()].copy_from_slice(&self.leaves);
        Tree::Chosen {
            choices: self.choices,
            leaves,
        }
    }
}
