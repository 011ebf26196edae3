"""A server that answers by a script, over REST or gRPC."""

import concurrent.futures
import contextlib
import http.server
import threading

import grpc
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc


class ScriptedServer:
    """A server that answers each call by the next turn of a script.

    A turn is an HTTP status and a body, optionally with a `Content-Length` that may be
    wrong; over gRPC the status tells an answer from an error. Or a turn is an event:
    the server waits for it before it takes the last turn. The last turn is repeated.

    Attributes:
        num_calls: number of calls so far.
    """

    def __init__(self, script, future):
        """Hold the script, and the frames of an answer over gRPC."""
        self._script, self.future, self.num_calls = list(script), future, 0

    def turn(self):
        turn = self._script[min(self.num_calls, len(self._script) - 1)]
        self.num_calls += 1
        if isinstance(turn, threading.Event):
            turn.wait()
            return self._script[-1]
        return turn

    @contextlib.contextmanager
    def rest(self, port=0):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self, scripted=self):
                self.rfile.read(int(self.headers["Content-Length"]))
                status, content, *promised = scripted.turn()
                with contextlib.suppress(BrokenPipeError):
                    self.send_response(status)
                    for length in promised:
                        self.send_header("Content-Length", str(length))
                    self.end_headers()
                    self.wfile.write(content)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    @contextlib.contextmanager
    def grpc(self, port=0):
        class Servicer(prediction_service_pb2_grpc.PredictionServiceServicer):
            def Predict(self, request, context, scripted=self):
                status, _ = scripted.turn()
                if status != 200:
                    context.abort(grpc.StatusCode.UNAVAILABLE, "still loading")
                answer = predict_pb2.PredictResponse()
                answer.outputs["future"].CopyFrom(tf.make_tensor_proto(scripted.future))
                return answer

        server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
            Servicer(), server
        )
        port = server.add_insecure_port(f"127.0.0.1:{port}")
        server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.stop(None).wait()
