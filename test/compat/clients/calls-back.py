"""A program that asks its own supervisord about itself, as childutils offers it: address and password come from the
environment. Writes the answer into the file it is given."""
import os
import sys

from supervisor import childutils

server = childutils.getRPCInterface(os.environ)
name = "%s:%s" % (os.environ["SUPERVISOR_GROUP_NAME"], os.environ["SUPERVISOR_PROCESS_NAME"])
answer = server.supervisor.getProcessInfo(name)
with open(sys.argv[1], "w") as file:
    file.write("%s %s %s\n" % (answer["group"], answer["name"], answer["pid"] == os.getpid()))
