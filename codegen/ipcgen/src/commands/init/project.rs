//! The files of a first project, and how it is built and run.

use procwire_codegen::Target;
use procwire_templates::init::{
    CargoToml, Gitignore, PackageJson, PythonParent, PythonWorker, Readme, ReadmeFile, Requirements, RustParent,
    RustWorker, Schema, TsConfig, TypeScriptParent, TypeScriptWorker,
};

use super::Language;

const SCHEMA: &str = "greeter.ipc";
/// The version of all packages, which are released together.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is to be made.
pub struct Project {
    pub name: String,
    pub parent: Language,
    pub worker: Language,
    pub source: Source,
}

/// Where procwire comes from.
pub enum Source {
    Released,
    /// A checkout of its repository, by its absolute path.
    Checkout(String),
}

/// A path in the project, its text, and what the README says of it.
type Entry = (&'static str, String, &'static str);

impl Project {
    /// Every file: its path in the project and its text.
    pub fn files(&self) -> Result<Vec<(String, String)>, String> {
        let mut entries = Vec::new();
        if self.has(Language::Rust) {
            entries.extend(self.rust());
        }
        if self.has(Language::TypeScript) {
            entries.extend(self.typescript()?);
        }
        if self.has(Language::Python) {
            entries.extend(self.python()?);
        }
        let readme = self.readme(&entries);
        let mut files = vec![(SCHEMA.to_owned(), text(&Schema)), ("README.md".to_owned(), readme)];
        files.push((".gitignore".to_owned(), text(&Gitignore { lines: self.ignored() })));
        files.extend(entries.into_iter().map(|(path, text, _)| (path.to_owned(), text)));
        Ok(files)
    }

    /// The command that builds it, in its folder.
    pub fn build(&self) -> String {
        let steps = [
            (Language::Rust, "cargo build"),
            (Language::TypeScript, "npm install && npm run build"),
            (Language::Python, "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt"),
        ];
        let steps: Vec<_> =
            steps.into_iter().filter(|(language, _)| self.has(*language)).map(|(_, step)| step).collect();
        steps.join(" && ")
    }

    /// The command that runs the parent, in its folder.
    pub fn run(&self) -> &'static str {
        match self.parent {
            Language::Rust => "cargo run",
            Language::TypeScript => "npm start",
            Language::Python => ".venv/bin/python python/parent.py",
        }
    }

    fn has(&self, language: Language) -> bool {
        self.parent == language || self.worker == language
    }

    fn rust(&self) -> Vec<Entry> {
        let procwire = match &self.source {
            Source::Released => format!("version = \"{VERSION}\""),
            Source::Checkout(path) => format!("path = {}", quoted(&format!("{path}/runtime/rust"))),
        };
        let (runs, serves) = (self.parent == Language::Rust, self.worker == Language::Rust);
        let manifest = CargoToml { name: self.name.clone(), procwire, runs, serves };
        let mut entries = vec![("Cargo.toml", text(&manifest), "the Rust package")];
        if serves {
            entries.push(("src/bin/worker.rs", text(&RustWorker), "the worker"));
        }
        if runs {
            let lines: &[&str] = match self.worker {
                Language::Rust => &["let worker = Command::new(std::env::current_exe()?.with_file_name(\"worker\"));"],
                Language::TypeScript => &[
                    "let mut worker = Command::new(\"node\");",
                    "worker.arg(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/typescript/dist/worker.js\"));",
                ],
                Language::Python => &[
                    "let mut worker = Command::new(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/.venv/bin/python\"));",
                    "worker.arg(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/python/worker.py\"));",
                ],
            };
            let worker = lines.iter().map(|line| (*line).to_owned()).collect();
            entries.push(("src/bin/parent.rs", text(&RustParent { worker }), "the parent"));
        }
        entries
    }

    fn typescript(&self) -> Result<Vec<Entry>, String> {
        let procwire = match &self.source {
            Source::Released => format!("^{VERSION}"),
            Source::Checkout(path) => format!("file:{path}/runtime/typescript"),
        };
        // The template puts it between quotation marks.
        let procwire = quoted(&procwire).trim_matches('"').to_owned();
        let runs = self.parent == Language::TypeScript;
        let manifest = PackageJson { name: self.name.clone(), procwire, runs };
        let mut entries = vec![
            ("package.json", text(&manifest), "the npm package"),
            ("typescript/tsconfig.json", text(&TsConfig), "how it is compiled"),
            ("typescript/greeter.ts", generated(Target::TypeScript)?, "generated from the schema"),
        ];
        if self.worker == Language::TypeScript {
            entries.push(("typescript/worker.ts", text(&TypeScriptWorker), "the worker"));
        }
        if runs {
            let worker = match self.worker {
                Language::Rust => "`${root}/target/debug/worker`",
                Language::TypeScript => "process.execPath, [`${import.meta.dirname}/worker.js`]",
                Language::Python => "`${root}/.venv/bin/python`, [`${root}/python/worker.py`]",
            };
            let rooted = self.worker != Language::TypeScript;
            let parent = TypeScriptParent { worker: worker.to_owned(), rooted };
            entries.push(("typescript/parent.ts", text(&parent), "the parent"));
        }
        Ok(entries)
    }

    fn python(&self) -> Result<Vec<Entry>, String> {
        let procwire = match &self.source {
            Source::Released => format!("procwire~={VERSION}"),
            Source::Checkout(path) => {
                format!("procwire @ file://{}", percent_encoded(&format!("{path}/runtime/python")))
            }
        };
        let mut entries = vec![
            ("requirements.txt", text(&Requirements { procwire }), "what Python needs"),
            ("python/greeter.py", generated(Target::Python)?, "generated from the schema"),
        ];
        if self.worker == Language::Python {
            entries.push(("python/worker.py", text(&PythonWorker), "the worker"));
        }
        if self.parent == Language::Python {
            let worker = match self.worker {
                Language::Rust => "str(ROOT / \"target/debug/worker\")",
                Language::TypeScript => "\"node\", str(ROOT / \"typescript/dist/worker.js\")",
                Language::Python => "sys.executable, str(ROOT / \"python/worker.py\")",
            };
            let parent = PythonParent { worker: worker.to_owned(), itself: self.worker == Language::Python };
            entries.push(("python/parent.py", text(&parent), "the parent"));
        }
        Ok(entries)
    }

    fn ignored(&self) -> Vec<String> {
        let lines: [(Language, &[&str]); 3] = [
            (Language::Rust, &["/target/"]),
            (Language::TypeScript, &["/node_modules/", "/typescript/dist/"]),
            (Language::Python, &["/.venv/", "__pycache__/"]),
        ];
        let lines = lines.into_iter().filter(|(language, _)| self.has(*language));
        lines.flat_map(|(_, lines)| lines).map(|line| (*line).to_owned()).collect()
    }

    fn readme(&self, entries: &[Entry]) -> String {
        let generate = [
            (Language::TypeScript, "npm run generate"),
            (Language::Python, "ipcgen build greeter.ipc --lang python --out python"),
        ];
        let generate = generate.into_iter().filter(|(language, _)| self.has(*language));
        text(&Readme {
            name: self.name.clone(),
            parent: title(self.parent).to_owned(),
            worker: title(self.worker).to_owned(),
            build: self.build(),
            run: self.run().to_owned(),
            files: entries
                .iter()
                .map(|(path, _, what)| ReadmeFile { path: (*path).to_owned(), what: (*what).to_owned() })
                .collect(),
            generate: generate.map(|(_, command)| command.to_owned()).collect(),
        })
    }
}

/// A language as it is written.
fn title(language: Language) -> &'static str {
    match language {
        Language::Rust => "Rust",
        Language::TypeScript => "TypeScript",
        Language::Python => "Python",
    }
}

/// A file's text, which ends with one newline.
fn text(template: &impl std::fmt::Display) -> String {
    format!("{}\n", template.to_string().trim_end())
}

/// The one file that the schema becomes.
fn generated(target: Target) -> Result<String, String> {
    let wrong = || "the schema of the project is wrong, which is a bug of ipcgen".to_owned();
    let schema = procwire_codegen::Schema::of_text(SCHEMA, &text(&Schema));
    let model = schema.model.ok_or_else(wrong)?;
    let files = procwire_codegen::generate(&model, &schema.sources, target).map_err(|_| wrong())?;
    files.iter().next().map(|(_, text)| text.to_owned()).ok_or_else(wrong)
}

/// A string of TOML or JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The path of a URL.
fn percent_encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
