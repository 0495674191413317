"""Lambda's side of a function, in small: the Runtime API on a loopback port, and the events that an HTTP API
sends. One process, one request at a time, as on Lambda."""

import base64
import json
import os
import queue
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECONDS = 25


class Crashed(Exception):
    """The function ended, did not answer, or reported an error instead of an answer."""


class Host:
    """A running function. Use it in a `with` statement."""

    def __init__(self, binary, environment):
        self.events, self.answers = queue.Queue(), queue.Queue()
        host = self

        class RuntimeApi(BaseHTTPRequestHandler):
            """The two calls of the Runtime API, and the two by which errors are reported."""

            def do_GET(self):
                event = host.events.get()
                if event is None:
                    return
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", event["requestContext"]["requestId"])
                self.send_header("Lambda-Runtime-Deadline-Ms", "4102444800000")
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:000000000000:function:x")
                body = json.dumps(event).encode()
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                body = self.read()
                host.answers.put(json.loads(body) if self.path.endswith("/response") else Crashed(body.decode()))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def read(self):
                """The body, which runtimes may send in chunks."""
                if "Content-Length" in self.headers:
                    return self.rfile.read(int(self.headers["Content-Length"]))
                body = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def log_message(self, *_):
                """Says nothing."""

        self.api = ThreadingHTTPServer(("127.0.0.1", 0), RuntimeApi)
        threading.Thread(target=self.api.serve_forever, daemon=True).start()
        given = {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.api.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": os.path.basename(binary),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
        }
        # Nothing of our own environment, or its credentials would do what the role does not allow.
        self.process = subprocess.Popen(
            [binary], env=given | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.log = []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        """Keep what the function says, and notice when it ends."""
        self.log.extend(self.process.stdout)
        self.answers.put(Crashed(f"the function ended: {' '.join(self.log[-3:]).strip()}"))

    def request(self, method, path, body=None, token=None):
        """Send a request; the status and the body of the answer."""
        headers = {"content-type": "application/json", "host": "id.example.com", "user-agent": "role check"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        self.events.put({
            "version": "2.0",
            "routeKey": "ANY /{proxy+}",
            "rawPath": path,
            "rawQueryString": "",
            "headers": headers,
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "api",
                "domainName": "id.example.com",
                "domainPrefix": "id",
                "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "role check"},
                "requestId": os.urandom(8).hex(),
                "routeKey": "ANY /{proxy+}",
                "stage": "$default",
                "time": "01/Jan/2026:00:00:00 +0000",
                "timeEpoch": 1767225600000,
            },
            "body": json.dumps(body) if body is not None else None,
            "isBase64Encoded": False,
        })
        try:
            answer = self.answers.get(timeout=SECONDS)
        except queue.Empty:
            raise Crashed("no answer in time") from None
        if isinstance(answer, Crashed):
            raise answer
        text = answer.get("body") or ""
        if answer.get("isBase64Encoded"):
            text = base64.b64decode(text).decode()
        return answer["statusCode"], json.loads(text) if text else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.events.put(None)
        self.api.shutdown()
        self.api.server_close()
