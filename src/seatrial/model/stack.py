"""The stack: what a Compose file describes, and what runs of it."""

from __future__ import annotations

from pydantic import Field

from seatrial.model.base import Model


class Port(Model):
    """A port that a service publishes.

    Attributes:
        host: Address on this machine; empty for all of them.
        published: Port on this machine, or None where the engine chooses.
        target: Port in the container.
        application: What is spoken there, as Compose's `app_protocol`; None where it is not said.
    """

    host: str = ""
    published: int | None = None
    target: int
    application: str | None = None


class Service(Model):
    """A service of a Compose file.

    Attributes:
        name: Its name.
        image: Image it runs, tag included; empty where Compose builds one.
        profiles: Profiles that enable it; without any it is always enabled.
        needs: Services that must be there before it.
        ports: Ports it publishes.
        never_pulled: Whether its image must be in the engine already.
        one_shot: Whether another service waits for it to end well.
    """

    name: str
    image: str = ""
    profiles: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    ports: tuple[Port, ...] = ()
    never_pulled: bool = False
    one_shot: bool = False


class Stack(Model):
    """All services of a Compose file, those of its profiles included.

    Attributes:
        name: The Compose project.
        services: Its services, by name.
        subnets: What its own networks want, as it is written.
    """

    name: str
    services: tuple[Service, ...]
    subnets: tuple[str, ...] = ()

    @property
    def profiles(self) -> tuple[str, ...]:
        """Every profile that some service names, sorted."""
        return tuple(sorted({name for service in self.services for name in service.profiles}))

    def service(self, name: str) -> Service | None:
        """Return the service called `name`, or None."""
        return next((service for service in self.services if service.name == name), None)


class Container(Model):
    """What the engine says of one container of a stack.

    Attributes:
        id: Its id.
        name: Its name.
        service: Service it runs.
        state: `created`, `running`, `restarting`, `exited`, `paused`, `dead`.
        health: `starting`, `healthy`, `unhealthy`, or None where nothing checks it.
        exit_code: Of its last end; 0 while it runs for the first time.
        out_of_memory: Whether the kernel ended it for want of memory.
        image: Image it was made from, as the Compose file names it.
        image_id: What the engine calls that image, `sha256:…`.
        labels: Its labels; those of its image are among them.
        ports: Ports that are published now.
        health_output: What its last health check printed.
    """

    id: str
    name: str
    service: str
    state: str
    health: str | None = None
    exit_code: int = 0
    out_of_memory: bool = False
    image: str = ""
    image_id: str = ""
    labels: dict[str, str] = Field(default_factory=dict)
    ports: tuple[Port, ...] = ()
    health_output: str = ""


class ServiceStatus(Model):
    """A line of the stack's table.

    Attributes:
        service: The service.
        container: Its container.
        state: As `Container.state`.
        health: As `Container.health`.
        exit_code: Of its last end, or None while it runs.
        urls: Where it is reached.
        image: Image it runs.
        commit: Commit that its image was built from, or None where it does not say.
        current: Whether that is the commit of the tree, and the tree does not differ from it; None
            where one of them is not known.
    """

    service: str
    container: str
    state: str
    health: str | None = None
    exit_code: int | None = None
    urls: tuple[str, ...] = ()
    image: str = ""
    commit: str | None = None
    current: bool | None = None


class StackStatus(Model):
    """What runs of a stack, and what the work tree is.

    Attributes:
        name: The Compose project.
        tree: Commit of the work tree, or None where there is none.
        dirty: Whether the tree differs from it.
        services: A line a container, by service.
    """

    name: str
    tree: str | None = None
    dirty: bool = False
    services: tuple[ServiceStatus, ...] = ()


class StackEvent(Model):
    """Something that Compose did.

    Attributes:
        subject: What it was done to, such as `Container` or `Network`.
        name: Its name; a container's is that of its service where it follows Compose's pattern.
        status: What became of it, such as `Created`, `Started`, `Waiting`, `Healthy`.
    """

    subject: str
    name: str
    status: str
