//! A forest as lines of text, for libraries that have forms of their own: the model file's is known in one place.
//!
//! In: a model, or lines. Out: lines, or a model over the first columns of [`LIST`](crate::inference::LIST). Must not
//! know: who reads or writes them.
//!
//! The first line is the number of columns. Each other line is a node: the number of its tree, its column (-1 at a leaf),
//! its threshold, the line of its left child, which the right one follows, and its value, between tabs. Trees stand one
//! after the other, the root first, and lines are counted from 0 behind the first.

use crate::inference::{LIST, wrapped};
use std::fmt::Write;
use wakeful_engine::models::{Estimator, Forest, Model, Node};

/// A model's forest; none where it has no forest.
#[must_use]
pub fn lines(model: &Model) -> Option<String> {
    let Estimator::Forest(forest) = &model.estimator else {
        return None;
    };
    let mut lines = format!("{}\n", model.inputs.names.len());
    let mut tree = 0;
    for (at, node) in (0..).zip(&forest.nodes) {
        tree += usize::from(forest.roots.get(tree + 1) == Some(&at));
        let column = match node.is_leaf() {
            true => -1,
            false => i32::from(node.column),
        };
        let Node {
            threshold,
            left,
            value,
            ..
        } = node;
        // To a text nothing fails.
        let _ = writeln!(lines, "{tree}\t{column}\t{threshold}\t{left}\t{value}");
    }
    Some(lines)
}

/// The model of such lines.
///
/// # Errors
/// A sentence with the line, where they are no forest.
pub fn model(lines: &str) -> Result<Model, String> {
    let (first, rest) = lines.split_once('\n').unwrap_or((lines, ""));
    let columns = first.trim().parse().ok();
    let columns = columns.filter(|columns| (1..=LIST.features.len()).contains(columns));
    let columns = columns.ok_or_else(|| {
        format!(
            "The first line is the number of columns, from 1 to {}; it is {first:?}.",
            LIST.features.len()
        )
    })?;
    let count = rest.lines().count();
    let (mut roots, mut nodes) = (Vec::new(), Vec::with_capacity(count));
    for (at, line) in rest.lines().enumerate() {
        let (tree, node) = node(line)
            .filter(|(tree, node)| {
                let left = node.left as usize;
                let holds = usize::from(node.column) < columns && left > at && left + 1 < count;
                (node.is_leaf() || holds) && (*tree == roots.len() || *tree + 1 == roots.len())
            })
            .ok_or_else(|| {
                format!(
                    "Line {} is no node of a forest over {columns} columns: {line:?}.",
                    at + 2
                )
            })?;
        if tree == roots.len() {
            roots.push(at as u32);
        }
        nodes.push(node);
    }
    if roots.is_empty() {
        return Err("Behind the first line there are no nodes.".to_owned());
    }
    Ok(wrapped(Estimator::Forest(Forest { roots, nodes }), columns))
}

/// A line's tree and node.
fn node(line: &str) -> Option<(usize, Node)> {
    let mut parts = line.split('\t');
    let tree = parts.next()?.parse().ok()?;
    let column: i32 = parts.next()?.parse().ok()?;
    let [threshold, left, value] = [(); 3].map(|()| parts.next());
    let node = Node {
        column: match column {
            -1 => Node::LEAF,
            column => u16::try_from(column).ok()?,
        },
        threshold: threshold?.parse().ok()?,
        left: left?.parse().ok()?,
        value: value?.parse().ok()?,
    };
    (parts.next().is_none() && node.threshold.is_finite() && node.value.is_finite())
        .then_some((tree, node))
}
