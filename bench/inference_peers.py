"""Other libraries' inference on the same forests and rows.

In: a folder with rows.f64 (rows of 40 numbers that an f32 holds exactly), and forests as lines (NAME.trees; the form is
in crates/bench/src/trees.rs).
fit FOLDER: fits scikit-learn's forest, and writes it as lines.
onnx FOLDER: writes every forest as ONNX.
check FOLDER: fails when a library's answers are not those of Wakeful (NAME.model.margins).
time FOLDER MODEL LIBRARY: a line of JSON, seconds.
"""
import json
import os
import pickle
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np

WIDTH = 40
LEAF = -1


def rows(folder):
    return np.fromfile(f"{folder}/rows.f64").reshape(-1, WIDTH)


def read_trees(path):
    """How many columns, the roots, and of each node column, threshold, left child and value."""
    lines = open(path).read().splitlines()
    parts = [line.split("\t") for line in lines[1:]]
    trees = [int(part[0]) for part in parts]
    roots = [at for at, tree in enumerate(trees) if at == 0 or tree != trees[at - 1]]
    nodes = [(int(column), float(threshold), int(left), float(value)) for _, column, threshold, left, value in parts]
    return int(lines[0]), roots, nodes


def write_trees(path, columns, roots, nodes):
    tree = -1
    with open(path, "w") as out:
        print(columns, file=out)
        for at, (column, threshold, left, value) in enumerate(nodes):
            tree += at in roots
            print(tree, column, float(threshold), left, float(value), sep="\t", file=out)


def flatten(trees):
    """scikit-learn's trees breadth first, so that two children are neighbours."""
    roots, nodes = [], []
    for estimator in trees:
        tree = estimator.tree_
        value = tree.value[:, 0, 1] / tree.value[:, 0, :].sum(axis=1)
        roots.append(len(nodes))
        nodes.append((LEAF, 0.0, 0, value[0]))
        queue = [(0, roots[-1])]
        for source, target in queue:
            if tree.children_left[source] < 0:
                continue
            left = len(nodes)
            for child in (tree.children_left[source], tree.children_right[source]):
                queue.append((child, len(nodes)))
                nodes.append((LEAF, 0.0, 0, value[child]))
            nodes[target] = (int(tree.feature[source]), float(tree.threshold[source]), left, value[source])
    return roots, nodes


def floor32(threshold):
    """For f32 rows, x <= threshold is x <= this."""
    low = np.float32(threshold)
    return low if float(low) <= threshold else np.nextafter(low, np.float32(-np.inf))


def write_onnx(path, columns, roots, nodes):
    from onnx import TensorProto, helper

    ids = {key: [] for key in "treeids nodeids featureids values modes truenodeids falsenodeids".split()}
    leaves = {key: [] for key in "treeids nodeids ids weights".split()}
    for number, root in enumerate(roots):
        end = roots[number + 1] if number + 1 < len(roots) else len(nodes)
        for at in range(root, end):
            column, threshold, left, value = nodes[at]
            leaf = column == LEAF
            row = (number, at - root, 0 if leaf else column, 0.0 if leaf else float(floor32(threshold)),
                   "LEAF" if leaf else "BRANCH_LEQ", 0 if leaf else left - root, 0 if leaf else left + 1 - root)
            for key, entry in zip(ids, row):
                ids[key].append(entry)
            if leaf:
                for key, entry in zip(leaves, (number, at - root, 0, float(value))):
                    leaves[key].append(entry)
    attributes = {f"nodes_{key}": value for key, value in ids.items()} | {f"target_{key}": value for key, value in leaves.items()}
    node = helper.make_node("TreeEnsembleRegressor", ["X"], ["sum"], domain="ai.onnx.ml", n_targets=1, **attributes)
    graph = helper.make_graph(
        [node], "forest",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, columns])],
        [helper.make_tensor_value_info("sum", TensorProto.FLOAT, [None, 1])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)], ir_version=9)
    open(path, "wb").write(model.SerializeToString())


def fit(folder):
    from sklearn.ensemble import RandomForestClassifier

    x = np.log1p(rows(folder)[:20000, :10])
    y = (x[:, 0] * x[:, 1] + 3 * x[:, 2] > 18) ^ (np.random.default_rng(7).random(len(x)) < 0.05)
    forest = RandomForestClassifier(100, max_depth=12, n_jobs=1, random_state=1)
    forest.fit(rows(folder)[:20000, :10].astype(np.float32), y)
    name = f"{folder}/sklearn-100x12"
    roots, nodes = flatten(forest.estimators_)
    write_trees(f"{name}.trees", 10, set(roots), nodes)
    pickle.dump(forest, open(f"{name}.model.scikit-learn", "wb"))


def onnx(folder):
    for name in models_with_trees(folder):
        write_onnx(f"{folder}/{name}.model.onnxruntime", *read_trees(f"{folder}/{name}.trees"))


def models_with_trees(folder):
    return sorted(file.removesuffix(".trees") for file in os.listdir(folder) if file.endswith(".trees"))


def predictor(folder, model, library):
    """A function from rows to means of trees, and the rows as the library wants them."""
    columns, roots, _ = read_trees(f"{folder}/{model.removesuffix('.model')}.trees")
    x = np.ascontiguousarray(rows(folder)[:, :columns].astype(np.float32))
    path = f"{folder}/{model}.{library}"
    if library == "scikit-learn":
        forest = pickle.load(open(path, "rb"))
        return lambda: forest.predict_proba(x)[:, 1]
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"X": x})[0][:, 0] / len(roots)


def check(folder):
    for file in sorted(os.listdir(folder)):
        model, _, library = file.rpartition(".")
        if library not in ("onnxruntime", "scikit-learn"):
            continue
        ours = 1 / (1 + np.exp(-np.fromfile(f"{folder}/{model}.margins")))
        theirs = np.clip(predictor(folder, model, library)(), 1e-3, 1 - 1e-3)
        worst = np.abs(ours - theirs).max()
        print(f"{file}: answers differ by {worst:.1e} at most", flush=True)
        if worst > 1e-5:
            sys.exit(f"{file}: the answers differ. No time counts.")


if sys.argv[1] == "fit":
    fit(sys.argv[2])
elif sys.argv[1] == "onnx":
    onnx(sys.argv[2])
elif sys.argv[1] == "check":
    check(sys.argv[2])
else:
    run = predictor(*sys.argv[2:5])
    run()
    start = time.perf_counter()
    run()
    print(json.dumps({"seconds": time.perf_counter() - start}))
