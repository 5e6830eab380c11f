//! Two halves are one program: whichever functions move, and whenever the rest comes.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use wakeful_halves::{MODULE, Names, halves};
use wasmi::{AsContextMut, Engine, Instance, Linker, Module, Store, Val};

/// Calls both ways, through the table and by exports; memory and a global that all share.
const PROGRAM: &str = r#"(module
  (import "host" "__hook_1234" (func $hook))
  (import "host" "add" (func $add (param i32 i32) (result i32)))
  (table 4 8 funcref)
  (memory (export "memory") 1)
  (global $count (mut i32) (i32.const 0))
  (type $one (func (param i32) (result i32)))
  (func $twice (param i32) (result i32) (call $add (local.get 0) (local.get 0)))
  (func $counted (param i32) (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (i32.store (i32.const 64) (global.get $count))
    (call $twice (local.get 0)))
  (func $square (param i32) (result i32) (i32.mul (local.get 0) (call $long (local.get 0) (i64.const 7) (f64.const 0.5))))
  (func $long (param i32 i64 f64) (result i32)
    (if (result i32) (f64.gt (local.get 2) (f64.const 0))
      (then (call $add (local.get 0) (i32.wrap_i64 (i64.sub (local.get 1) (i64.const 7)))))
      (else (i32.const -1))))
  (func $unused (param i32) (result i32) (call $square (local.get 0)))
  (func $count (result i32) (global.get $count))
  (func $run (export "run") (param i32 i32) (result i32)
    (call $add
      (call_indirect (type $one) (local.get 0) (local.get 1))
      (call $counted (i32.load (i32.const 8)))))
  (func (export "count") (result i32) (call $count))
  (elem (i32.const 0) $twice $counted)
  (elem (i32.const 2) $square $twice)
  (data (i32.const 8) "\05\00\00\00"))"#;
const NAMES: [&str; 7] = [
    "twice", "counted", "square", "long", "unused", "count", "run",
];

#[derive(Default)]
struct Host {
    first: Option<Instance>,
    rest: Option<Module>,
    brought: u32,
}

fn linker(engine: &Engine) -> Linker<Host> {
    let mut linker = Linker::new(engine);
    linker
        .func_wrap("host", "add", |a: i32, b: i32| a.wrapping_add(b))
        .unwrap();
    linker
        .func_wrap(
            "host",
            "__hook_1234",
            |mut caller: wasmi::Caller<'_, Host>| {
                let host = caller.data_mut();
                host.brought += 1;
                let (first, rest) = (host.first.unwrap(), host.rest.clone().unwrap());
                join(caller.as_context_mut(), first, &rest);
            },
        )
        .unwrap();
    linker
}

/// Gives the rest all that the first half exports.
fn join(mut store: impl AsContextMut<Data = Host>, first: Instance, rest: &Module) {
    let mut linker = Linker::new(store.as_context().engine());
    let exports: Vec<(String, wasmi::Extern)> = first
        .exports(store.as_context())
        .map(|export| (export.name().to_owned(), export.into_extern()))
        .collect();
    for (name, export) in exports {
        linker.define(MODULE, &name, export).unwrap();
    }
    linker.instantiate_and_start(&mut store, rest).unwrap();
}

/// What some calls give, what stands in memory and how often the rest was asked for.
fn answers(store: &mut Store<Host>, instance: Instance) -> (Vec<i32>, u32) {
    let mut all = Vec::new();
    let mut call = |name: &str, given: &[Val]| {
        let mut out = [Val::I32(0)];
        let function = instance.get_func(&*store, name).unwrap();
        function.call(&mut *store, given, &mut out).unwrap();
        all.push(out[0].i32().unwrap());
    };
    for value in [0, 3, -7] {
        for slot in 0..4 {
            call("run", &[Val::I32(value), Val::I32(slot)]);
            call("count", &[]);
        }
    }
    let memory = instance.get_memory(&*store, "memory").unwrap();
    all.extend(
        memory.data(&*store)[..72]
            .iter()
            .map(|&byte| i32::from(byte)),
    );
    (all, store.data().brought)
}

fn whole(wasm: &[u8]) -> Vec<i32> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, Host::default());
    let module = Module::new(&engine, wasm).unwrap();
    let instance = linker(&engine)
        .instantiate_and_start(&mut store, &module)
        .unwrap();
    answers(&mut store, instance).0
}

#[test]
fn any_choice_of_functions_gives_the_same_answers() {
    let wasm = wat::parse_str(PROGRAM).unwrap();
    let expected = whole(&wasm);
    for choice in 0..1_u32 << NAMES.len() {
        let chosen = |at: usize| choice >> at & 1 == 1;
        let list: String = (0..NAMES.len())
            .filter(|&at| chosen(at))
            .map(|at| format!("{}\n", NAMES[at]))
            .collect();
        let cut = halves(&wasm, &Names::read(&list), "__hook_").unwrap();
        assert_eq!(cut.moved, NAMES.len() - choice.count_ones() as usize);
        for is_early in [false, true] {
            let engine = Engine::default();
            let mut store = Store::new(&engine, Host::default());
            let first = Module::new(&engine, &cut.first[..]).unwrap();
            let rest = Module::new(&engine, &cut.rest[..]).unwrap();
            let instance = linker(&engine)
                .instantiate_and_start(&mut store, &first)
                .unwrap();
            store.data_mut().first = Some(instance);
            store.data_mut().rest = Some(rest.clone());
            if is_early {
                join(store.as_context_mut(), instance, &rest);
            }
            let (given, brought) = answers(&mut store, instance);
            assert_eq!(given, expected, "first: {list}");
            // It is asked for when it is needed, and once.
            let is_needed =
                !is_early && (0..NAMES.len()).any(|at| !chosen(at) && NAMES[at] != "unused");
            assert_eq!(brought, u32::from(is_needed), "first: {list}");
        }
    }
}

#[test]
fn what_cannot_be_cut_is_said() {
    let names = Names::read("run\n");
    let error = |text: &str| {
        let wasm = wat::parse_str(text).unwrap();
        halves(&wasm, &names, "__hook_").unwrap_err()
    };
    assert_eq!(error("(module)"), "the module has no import named __hook_…");
    assert_eq!(
        error(r#"(module (import "" "__hook_" (func)) (func))"#),
        "the module has no names of functions; build it with them (wasm-opt -g)"
    );
    assert!(
        halves(b"no wasm", &names, "__hook_")
            .unwrap_err()
            .starts_with("this module cannot be cut: ")
    );
}
