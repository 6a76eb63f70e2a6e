"""A local server that speaks the chat completions of OpenAI's API, as Ollama and llama.cpp do, and answers as it is told."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Status:
    """An answer that is none: its status, body and headers."""

    def __init__(self, code: int, body: Any = None, **headers: str) -> None:
        self.code, self.body, self.headers = code, body, {name.replace("_", "-"): value for name, value in headers.items()}


class ModelServer:
    """`answers`: what it says next: the fields of a draft, raw text for its tool call (`str`), a `Status`, or seconds to hang (`float`).

    The last one is repeated. `asked`: the requests, as JSON; `keys`: what came as authorization.
    """

    def __init__(self) -> None:
        self.answers: list[dict[str, Any] | str | Status | float] = []
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def prompts(self) -> list[str]:
        """All that it was told, request by request."""
        return ["\n".join(str(message.get("content")) for message in request["messages"]) for request in self.asked]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _next(self) -> dict[str, Any] | str | Status | float:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["content-length"])))
                server.asked.append(request)
                server.keys.append(self.headers["authorization"])
                if self.path != "/v1/chat/completions":
                    self._say(404, {"error": {"message": f"no {self.path}"}})
                    return
                answer = server._next()
                match answer:
                    case Status():
                        self._say(answer.code, answer.body or {"error": {"message": "as told"}}, answer.headers)
                    case float():
                        time.sleep(answer)
                        self._say(200, _completion(request, "{}"))
                    case _:
                        self._say(200, _completion(request, answer if isinstance(answer, str) else json.dumps(answer)))

            def _say(self, code: int, body: Any, headers: dict[str, str] | None = None) -> None:
                content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
                self.send_response(code)
                for name, value in {"content-type": "application/json", "content-length": str(len(content)), **(headers or {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True  # whoever asked did not wait

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


def _completion(request: dict[str, Any], arguments: str) -> dict[str, Any]:
    name = request["tools"][0]["function"]["name"]
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    choice = {"index": 0, "finish_reason": "tool_calls", "message": message}
    return {"id": "c1", "object": "chat.completion", "created": 1, "model": request["model"], "choices": [choice], "usage": usage}
