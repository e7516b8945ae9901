//! Serves `back.ipc`, as the parent needs it.

pub async fn serve() -> procwire::Result<()> {
    procwire_interop::back::worker().serve().await
}
