# The images of this repository. `docker buildx bake -f infra/docker/docker-bake.hcl` builds them
# without seatrial as well, from the repository's root; they are then unstamped.

variable "CA_BUNDLE" {
  # A host behind a proxy that re-signs TLS gives build steps its own CA bundle, as a secret.
  default = ""
}

group "default" {
  targets = ["backend", "worker", "app", "frontend", "mcp-server"]
}

target "_common" {
  contexts = {
    # seatrial puts dist/ in its place, where the build's own version.json is.
    version = "infra/docker/unstamped"
  }
  secret = CA_BUNDLE == "" ? [] : ["type=file,id=ca,src=${CA_BUNDLE}"]
  labels = {
    "org.opencontainers.image.licenses" = "Apache-2.0"
    "org.opencontainers.image.vendor"   = "seatrial"
  }
}

target "backend" {
  inherits   = ["_common"]
  context    = "services/backend"
  dockerfile = "../../infra/docker/backend/Dockerfile"
  target     = "api"
  tags       = ["logbook-backend"]
}

# The same layers with another last one: the worker alone, or both under a supervisor.
target "worker" {
  inherits = ["backend"]
  target   = "worker"
  tags     = ["logbook-worker"]
}

target "app" {
  inherits = ["backend"]
  target   = "app"
  tags     = ["logbook-app"]
}

target "frontend" {
  inherits   = ["_common"]
  context    = "services/frontend"
  dockerfile = "../../infra/docker/frontend/Dockerfile"
  contexts = {
    recipe  = "infra/docker/frontend"
    openapi = "services/backend"
  }
  tags = ["logbook-frontend"]
}

target "mcp-server" {
  inherits   = ["_common"]
  context    = "services/mcp-server"
  dockerfile = "../../infra/docker/mcp-server/Dockerfile"
  tags       = ["logbook-mcp-server"]
}

# The frontend's own checks (types, lint, tests), run where its bundle is built.
target "frontend-test" {
  inherits = ["frontend"]
  target   = "test"
  tags     = []
  output   = ["type=cacheonly"]
}

# The types of the backend's API, for the frontend: run it when services/backend/openapi.json changed.
target "frontend-api-types" {
  inherits = ["frontend"]
  target   = "api-types"
  tags     = []
  output   = ["type=local,dest=services/frontend/src/api"]
}
