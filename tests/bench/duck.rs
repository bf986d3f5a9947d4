//! The peer for loading: DuckDB (from PyPI, in an environment of its own) reads the same lines into a table and makes
//! two copies sorted by patient and by user. It neither verifies nor encrypts.

use std::path::Path;
use std::process::Command;

use crate::{Outcome, child, text};

const LOAD: &str = r"
import duckdb, glob, os, sys
bag, out = sys.argv[1], sys.argv[2]
if os.path.exists(out): os.remove(out)
db = duckdb.connect(out)
db.execute('SET threads TO 2')
files = sorted(glob.glob(bag + '/data/events/*.ndjson'))
db.execute('''CREATE TABLE e AS SELECT stream_id, seq, hash, event.event_id AS event_id, event.timestamp::TIMESTAMP AS t,
  event.event_type AS event_type, event.action AS action, event.outcome AS outcome, event.actor.id AS user_id,
  event.actor.role AS role, event.session_id AS session_id, event.source.ip AS ip, event.source.system AS system,
  event.resource.type AS resource_type, event.resource.id AS resource_id, event.patient_ids AS patient_ids
  FROM read_ndjson(?, maximum_object_size=1048576) ORDER BY t''', [files])
db.execute('''CREATE TABLE by_patient AS SELECT p, t, seq, user_id, action FROM
  (SELECT unnest(patient_ids) AS p, t, seq, user_id, action FROM e) ORDER BY p, t''')
db.execute('CREATE TABLE by_user AS SELECT user_id, t, seq, action FROM e ORDER BY user_id, t')
db.close()
";

/// What DuckDB takes.
pub(crate) fn load(bag: &Path, work: &Path) -> Outcome<child::Run> {
    let environment = work.join("duckdb");
    let python = environment.join("bin/python3");
    if !environment.join("ready").exists() {
        succeed(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
        succeed(Command::new(&python).args(["-m", "pip", "install", "--quiet", "duckdb"]))?;
        std::fs::write(environment.join("ready"), "").map_err(|error| error.to_string())?;
    }
    let database = work.join("peer.duckdb");
    let run = child::run(&python, &["-c", LOAD, text(bag)?, text(&database)?])?;
    run.expect_code(0)?;
    Ok(run)
}

fn succeed(command: &mut Command) -> Outcome<()> {
    let status = command.status().map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err("setting DuckDB up failed".to_owned()) }
}
