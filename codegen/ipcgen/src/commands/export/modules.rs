//! A crate's modules, found as rustc finds them.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Expr, ExprLit, File, Item, ItemMod, Lit, Meta};

/// The files of a crate, the root first.
#[derive(Default)]
pub struct Modules {
    /// What each file says.
    pub files: Vec<File>,
    /// Where each file lies.
    pub paths: Vec<PathBuf>,
    seen: HashSet<PathBuf>,
}

/// Why a file was left out: it is no Rust. The text shows where.
type Problem = String;

impl Modules {
    /// Reads the crate in a folder, or one file; the outer error is that of the file system.
    pub fn read(source: &Path) -> Result<Result<Self, Problem>, String> {
        let root = root(source)?;
        let mut modules = Self::default();
        let folder = folder_of_children(&root, true);
        Ok(modules.add(root, &folder)?.map(|()| modules))
    }

    fn add(&mut self, path: PathBuf, folder: &Path) -> Result<Result<(), Problem>, String> {
        let unreadable = |error| format!("cannot read `{}`: {error}", path.display());
        let canonical = path.canonicalize().map_err(unreadable)?;
        if !self.seen.insert(canonical) {
            return Ok(Ok(()));
        }
        let text = fs::read_to_string(&path).map_err(unreadable)?;
        let file = match procwire_idl::rust::export::parse(&text) {
            Ok(file) => file,
            Err(error) => return Ok(Err(describe(&path, &error))),
        };
        let mut children = Vec::new();
        let beside = path.parent().unwrap_or(Path::new("")).to_owned();
        find(&file.items, folder, &beside, &mut children);
        self.files.push(file);
        self.paths.push(path);
        for child in children {
            let folder = folder_of_children(&child, false);
            if let Err(problem) = self.add(child, &folder)? {
                return Ok(Err(problem));
            }
        }
        Ok(Ok(()))
    }
}

/// The file in which a crate begins.
fn root(source: &Path) -> Result<PathBuf, String> {
    if source.is_file() && source.extension().is_some_and(|extension| extension == "rs") {
        return Ok(source.to_owned());
    }
    let folder = match source.file_name() {
        Some(name) if name == "Cargo.toml" => source.parent().unwrap_or(Path::new("")),
        _ => source,
    };
    let candidates = ["src/lib.rs", "src/main.rs"].map(|file| folder.join(file));
    candidates
        .into_iter()
        .find(|file| file.is_file())
        .ok_or_else(|| format!("`{}` is no crate: it has neither `src/lib.rs` nor `src/main.rs`", source.display()))
}

/// Where the modules lie that a file declares.
fn folder_of_children(file: &Path, root: bool) -> PathBuf {
    let folder = file.parent().unwrap_or(Path::new(""));
    let stem = file.file_stem().unwrap_or_default();
    let heads_its_folder = stem == "mod" || root && (stem == "lib" || stem == "main");
    if heads_its_folder { folder.to_owned() } else { folder.join(stem) }
}

/// The files of the modules that `items` declare.
fn find(items: &[Item], folder: &Path, beside: &Path, children: &mut Vec<PathBuf>) {
    for item in items {
        let Item::Mod(module) = item else { continue };
        if is_conditional_test(module) {
            continue;
        }
        let name = module.ident.to_string();
        let name = name.trim_start_matches("r#");
        if let Some((_, items)) = &module.content {
            let inner = folder.join(name);
            find(items, &inner, &inner, children);
        } else if let Some(path) = written_path(&module.attrs) {
            children.push(beside.join(path));
        } else {
            let alone = folder.join(format!("{name}.rs"));
            let nested = folder.join(name).join("mod.rs");
            let found = [&alone, &nested].into_iter().find(|file| file.is_file());
            match found {
                Some(found) => children.push(found.clone()),
                // The file of a module that is not always built may well not be there; another one is missing, which
                // reading it then says.
                None if module.attrs.iter().any(|attr| attr.path().is_ident("cfg")) => {}
                None => children.push(alone),
            }
        }
    }
}

fn is_conditional_test(module: &ItemMod) -> bool {
    module.attrs.iter().any(|attr| {
        attr.path().is_ident("cfg") && attr.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

/// The value of `#[path = "…"]`.
fn written_path(attrs: &[Attribute]) -> Option<String> {
    attrs.iter().filter(|attr| attr.path().is_ident("path")).find_map(|attr| match &attr.meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(path), .. }) => Some(path.value()),
            _ => None,
        },
        _ => None,
    })
}

/// Errors of syn with their places, one a line.
pub fn describe(path: &Path, error: &syn::Error) -> String {
    let lines = error.clone().into_iter().map(|one| {
        let at = one.span().start();
        format!("{}:{}:{}: {one}", path.display(), at.line, at.column + 1)
    });
    lines.collect::<Vec<_>>().join("\n")
}
