"""Every setting of the service: one field, one default, one sentence of help.

A setting `queue_limit` is read from the environment as TORCHROOM_QUEUE_LIMIT; the command line
may override it. Values are checked here, so that the rest of the code may trust them.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PREFIX = "TORCHROOM_"
SLOT_KINDS = ("auto", "docker", "bubblewrap", "process")
DEVICES = ("cpu", "cuda")
EXECUTORS = ("here", "elsewhere")
LOG_LEVELS = ("debug", "info", "warning", "error")
LOG_FORMATS = ("auto", "console", "json")
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 -- recognised here, never chosen
LOOPBACK = ("127.0.0.1", "::1", "localhost")
REPOSITORY = Path(__file__).resolve().parent.parent
# Variables of the same family that set-up, the image's build, CI and the tests read. They are no
# settings of the service, and named here so that it takes none of them for a misspelt one.
ELSEWHERE = {
    "TORCHROOM_TORCH": "Which torch to install, such as torch==2.13.0.",
    "TORCHROOM_TORCH_BACKEND": (
        "Which build of torch to install: cpu, cu128 and the like, auto (what this machine's GPU "
        "asks for), or default (what pip finds by itself: on Linux some 3 GB, with CUDA)."
    ),
    "TORCHROOM_TORCH_INDEX": (
        "Address of a package index that has the wanted build of torch, where set-up cannot find "
        "it by itself. PyTorch's installation page names one for each build."
    ),
    "TORCHROOM_WHEELS": "Folder of wheels that the sandbox image is installed from.",
    "TORCHROOM_SANDBOX_BASE": "Debian image that the sandbox image starts from.",
    "TORCHROOM_SANDBOX_IMAGE": (
        "Sandbox image that somebody else builds, as docker-compose.yml does; it must be of the "
        "same version. Empty: built here where it is missing."
    ),
    "TORCHROOM_IMAGE": "docker-compose.yml: name of the application image.",
    "TORCHROOM_POSTGRES_IMAGE": "docker-compose.yml: the Postgres image.",
    "TORCHROOM_DOCKER_SOCKET": "docker-compose.yml: where the host keeps the engine's socket.",
    "TORCHROOM_GPU_SLOTS": "docker-compose.yml, profile gpu: how many slots have the GPU.",
    "TORCHROOM_GPU_TORCH_BACKEND": (
        "docker-compose.yml, profile gpu: the build of torch in those slots, such as cu128."
    ),
    "TORCHROOM_GPU_TORCH_INDEX": "docker-compose.yml, profile gpu: TORCHROOM_TORCH_INDEX of those.",
    "TORCHROOM_BUILD_NETWORK": "docker-compose.yml: the network of its builds, such as host.",
    "TORCHROOM_CHROMIUM": "Path of the Chromium that prints reports, and that the tests drive.",
    "TORCHROOM_NOTHING_LEFT_OUT": "Set in CI: a test that would be left out fails instead.",
    "TORCHROOM_CI_CACHE": "Folder that .ci/run keeps between two runs.",
}


class SettingsError(Exception):
    """A setting that cannot be used; the message names it and says what it may be."""


def _about(sentence: str, *, least: int = 0, choices: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"help": sentence, "least": least, "choices": choices}


@dataclass(frozen=True, slots=True)
class Settings:
    host: str = field(
        default="127.0.0.1",
        metadata=_about("Address to listen at. Anything but loopback is seen by others."),
    )
    port: int = field(default=8000, metadata=_about("Port to listen at; 0 takes any that is free."))
    url: str = field(
        default="",
        metadata=_about(
            "Address at which people reach this service, printed when it has started; empty is the "
            "one it listens at."
        ),
    )
    allowed_hosts: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            "Further names by which browsers may call this server, separated by commas. Loopback "
            "names and the address it listens at are always allowed."
        ),
    )
    data: Path = field(
        default=REPOSITORY / "data",
        metadata=_about("Folder that holds what must outlive a restart: the database."),
    )
    database: str = field(
        default="",
        metadata=_about(
            "Database URL (sqlite:///… or postgresql+psycopg://…); empty is SQLite in the data "
            "folder."
        ),
    )
    database_file: str = field(
        default="",
        metadata=_about("File that holds the database URL, for what must not stand in a setting."),
    )
    executor: str = field(
        default="here",
        metadata=_about(
            "Who judges: this very service, or executors elsewhere (`torchroom executor`), for "
            "which the database must be Postgres.",
            choices=EXECUTORS,
        ),
    )
    executor_name: str = field(
        default="",
        metadata=_about(
            "Name by which an executor is known to the others; empty is the name of its host."
        ),
    )
    questions: Path = field(
        default=REPOSITORY / "questions", metadata=_about("Folder that holds the question bank.")
    )
    templates: str = field(
        default="",
        metadata=_about(
            "Folder that holds the interview templates; empty is `templates` beside the question "
            "bank."
        ),
    )
    frontend: Path = field(
        default=REPOSITORY / "frontend" / "dist",
        metadata=_about("Folder that holds the built page, served at /."),
    )
    slot: str = field(
        default="auto",
        metadata=_about(
            "How candidates' code is confined; auto takes the best kind that this host allows.",
            choices=SLOT_KINDS,
        ),
    )
    slots: int = field(
        default=1,
        metadata=_about("How many pieces of code may run at the same time.", least=1),
    )
    device: str = field(
        default="cpu",
        metadata=_about(
            "Where candidates' tensors live; cuda needs a GPU and a CUDA build of torch in the "
            "slots.",
            choices=DEVICES,
        ),
    )
    slot_memory_mb: int = field(
        default=2048,
        metadata=_about(
            "Memory of one slot in MiB, all its processes together; held by Docker slots.",
            least=512,
        ),
    )
    fresh_slots: bool = field(
        default=False,
        metadata=_about("Destroy a slot after every job instead of cleaning and using it again."),
    )
    queue_limit: int = field(
        default=64,
        metadata=_about(
            "How many runs may wait; beyond it a new one is told to come back later.", least=1
        ),
    )
    rooms_per_hour: int = field(
        default=1000,
        metadata=_about(
            "How many rooms one address may open in an hour; 0 is without a limit. Behind a proxy "
            "all share its address."
        ),
    )
    lease_seconds: int = field(
        default=30,
        metadata=_about(
            "How long a run stays with its executor without a sign of life before it is given out "
            "again.",
            least=3,
        ),
    )
    redeliveries: int = field(
        default=2,
        metadata=_about(
            "How often a run that we lost is given out again before it is reported as our failure."
        ),
    )
    code_limit: int = field(
        default=65536,
        metadata=_about("Largest file a candidate may send, in bytes.", least=1),
    )
    log_level: str = field(
        default="info", metadata=_about("What is logged at least.", choices=LOG_LEVELS)
    )
    log_format: str = field(
        default="auto",
        metadata=_about(
            "Form of the log; auto is console on a terminal and one JSON object a line elsewhere.",
            choices=LOG_FORMATS,
        ),
    )

    @property
    def database_url(self) -> str:
        """Raises SettingsError where it cannot be read, or is none."""
        if self.database_file:
            return _database_url(
                "database_file", read_secret("database_file", Path(self.database_file))
            )
        if self.database:
            return _database_url("database", self.database)
        return f"sqlite:///{self.data.resolve() / 'torchroom.db'}"

    @property
    def uses_postgres(self) -> bool:
        return self.database_url.startswith("postgresql")

    @property
    def template_folder(self) -> Path:
        return Path(self.templates) if self.templates else self.questions.parent / "templates"

    @property
    def listens_beyond_loopback(self) -> bool:
        return self.host not in LOOPBACK

    @property
    def host_names(self) -> frozenset[str]:
        """Names that a request's Host header may carry."""
        own = () if self.host in EVERY_ADDRESS else (self.host,)
        return frozenset(name.lower() for name in (*LOOPBACK, *own, *self.allowed_hosts))


def load_settings(environment: Mapping[str, str], **overrides: Any) -> Settings:
    """Settings from TORCHROOM_* variables; an override that is not None wins over them.

    Raises SettingsError for a variable that names no setting, and for a value that does not fit.
    """
    fields = {one.name: one for one in dataclasses.fields(Settings)}
    values: dict[str, Any] = {}
    for variable, text in environment.items():
        if not variable.startswith(PREFIX) or variable in ELSEWHERE:
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in fields:
            known = ", ".join(PREFIX + known.upper() for known in fields)
            raise SettingsError(f"{variable} is not a setting. Settings are: {known}.")
        values[name] = _parse(variable, text, fields[name].default)
    values.update({name: value for name, value in overrides.items() if value is not None})
    for name, value in values.items():
        _check(name, value, fields[name].metadata)
    settings = Settings(**values)
    _check_together(settings)
    return settings


def help_of(name: str) -> str:
    """The sentence that explains a setting, for the command line."""
    setting = next(one for one in dataclasses.fields(Settings) if one.name == name)
    return str(setting.metadata["help"])


_SWITCH = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def _parse(variable: str, text: str, default: Any) -> Any:
    if isinstance(default, bool):
        if text.lower() not in _SWITCH:
            raise SettingsError(f'{variable} must be yes or no, but is "{text}".')
        return _SWITCH[text.lower()]
    if isinstance(default, int):
        try:
            return int(text)
        except ValueError:
            raise SettingsError(f'{variable} must be a whole number, but is "{text}".') from None
    if isinstance(default, Path):
        return Path(text)
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def _check(name: str, value: Any, rules: Mapping[str, Any]) -> None:
    if isinstance(value, int) and value < rules["least"]:
        raise SettingsError(f"{name} is {value}, but must be at least {rules['least']}.")
    if rules["choices"] and value not in rules["choices"]:
        raise SettingsError(
            f'{name} is "{value}", but must be one of: {", ".join(rules["choices"])}.'
        )
    if name == "port" and value > 65535:
        raise SettingsError(f"port is {value}, but must be at most 65535.")
    if name == "executor_name" and (len(value) > 64 or not value.isprintable()):
        raise SettingsError("executor_name may have at most 64 characters, all of them printable.")


def _check_together(settings: Settings) -> None:
    if settings.database and settings.database_file:
        raise SettingsError("database and database_file are both given: leave one of them away.")
    if settings.executor == "elsewhere" and not settings.uses_postgres:
        raise SettingsError(
            "executor is elsewhere, but executors can join only a service on Postgres: set "
            "TORCHROOM_DATABASE or TORCHROOM_DATABASE_FILE."
        )


def _database_url(name: str, text: str) -> str:
    # As people write it, and as SQLAlchemy has it. The value is a secret, and not said again.
    scheme, found, rest = text.partition("://")
    if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        scheme = "postgresql+psycopg"
    elif scheme != "sqlite":
        found = ""
    if not found or "\n" in text:
        raise SettingsError(
            f"{name} holds no database URL that can be used here: it must look like "
            "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
        )
    return f"{scheme}://{rest}"


def read_secret(name: str, path: Path) -> str:
    """What a file holds that holds nothing else. Raises SettingsError where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError(f"{name} is {path}, which cannot be read: {why}.") from None
    if not text:
        raise SettingsError(f"{name} is {path}, which is empty.")
    return text
