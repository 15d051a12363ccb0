"""An event listener that writes down what it is sent. Takes the file to write into, and what to answer."""
import sys
from supervisor import childutils

path, answers = sys.argv[1], sys.argv[2:]
while True:
    headers, payload = childutils.listener.wait()
    with open(path, "a") as transcript:
        transcript.write(" ".join("%s:%s" % pair for pair in headers.items()) + "\n" + payload + "\n--\n")
    answer = answers.pop(0) if answers else "OK"
    childutils.listener.send(answer)
