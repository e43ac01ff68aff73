"""AWS's STS, IAM and S3 as far as `check` asks them: they answer whatever a test says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from standins.loopback import QuietHandler, serve

RESULT = "<{0}Response><{0}Result>{1}</{0}Result></{0}Response>"
ERROR = "<ErrorResponse><Error><Code>{0}</Code></Error></ErrorResponse>"


@dataclass
class Iam:
    """What is answered, and what was asked.

    decisions: by action. One without is allowed.
    unknown: by action, the keys of conditions that a simulation does not know.
    errors: HTTP status and code, by what was asked.
    bucket_status: what HEAD of a bucket gets.
    path: of every role.
    """

    url: str = ""
    arn: str = "arn:aws:iam::123456789012:user/cdc"
    path: str = "/service/"
    decisions: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, tuple[int, str]] = field(default_factory=dict)
    bucket_status: int = 200
    asked: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {f"AWS_ENDPOINT_URL_{service}": self.url for service in ("IAM", "STS", "S3")}

    def answer(self, request: dict[str, list[str]]) -> tuple[int, str]:
        action = request["Action"][0]
        (about,) = request.get("PolicySourceArn") or request.get("RoleName") or [""]
        self.asked.append(f"{action} {about}".strip())
        if action in self.errors:
            status, code = self.errors[action]
            return status, ERROR.format(code)
        if action == "GetCallerIdentity":
            account = self.arn.split(":")[4]
            said = f"<Arn>{self.arn}</Arn><Account>{account}</Account>"
            return 200, RESULT.format(action, said)
        if action == "GetRole":
            role = f"arn:aws:iam::123456789012:role{self.path}{about}"
            return 200, RESULT.format(action, f"<Role><Arn>{role}</Arn></Role>")
        members = ""
        for name, value in request.items():
            if name.startswith("ActionNames."):
                members += self.member(value[0])
        return 200, RESULT.format(action, f"<EvaluationResults>{members}</EvaluationResults>")

    def member(self, name: str) -> str:
        decision = self.decisions.get(name, "allowed")
        decided = f"<EvalActionName>{name}</EvalActionName><EvalDecision>{decision}</EvalDecision>"
        keys = "".join(f"<member>{key}</member>" for key in self.unknown.get(name, ()))
        # Of a simulation that names resources they stand with the resource.
        of_resource = f"<member><MissingContextValues>{keys}</MissingContextValues></member>"
        resources = f"<ResourceSpecificResults>{of_resource}</ResourceSpecificResults>"
        return f"<member>{decided}{resources}</member>"


@contextmanager
def serve_iam() -> Iterator[Iam]:
    """Serve on a free port of the loopback until the block ends."""
    iam = Iam()

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, text = iam.answer(parse_qs(body))
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def do_HEAD(self) -> None:
            iam.asked.append(f"HEAD {self.path}")
            self.send_response(iam.bucket_status)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with serve(Handler) as iam.url:
        yield iam
