"""Calls every method of supervisord through Supervisor's own transport and prints a line of JSON for each call.

Arguments: server URL, user name, password. Expects the programs `a` (running), `b` (not started) and the group `team`
of both.
"""
import json
import re
import sys
import time
import xmlrpc.client

from supervisor.xmlrpc import SupervisorTransport

url, username, password = sys.argv[1:4]
server = xmlrpc.client.ServerProxy("http://127.0.0.1", SupervisorTransport(username, password, url))
moments = ("pid", "start", "stop", "now")


def is_batch(items):
    return all(isinstance(item, dict) and "status" in item for item in items)


def masked(value):
    if isinstance(value, list):
        items = [masked(item) for item in value]
        # Rows of a batch come in the order in which processes were done.
        return sorted(items, key=lambda row: row["name"]) if is_batch(items) else items
    if not isinstance(value, dict):
        return value
    return {
        key: "N" if key in moments and item else re.sub(r"uptime .*", "T", item) if key == "description" else masked(item)
        for key, item in sorted(value.items())
    }


def call(name, *params):
    try:
        result = masked(getattr(server, name)(*params))
    except xmlrpc.client.Fault as fault:
        result = {"fault": fault.faultCode, "text": fault.faultString}
    print(name, json.dumps(params), json.dumps(result, ensure_ascii=False))


call("system.listMethods")
call("system.methodSignature", "supervisor.getState")
call("system.methodHelp", "supervisor.nothing")
call("system.multicall", [{"methodName": "supervisor.getState", "params": []}])
for name in ("APIVersion", "SupervisorVersion", "Identification", "State", "AllProcessInfo"):
    call("supervisor.get" + name)
call("supervisor.getVersion")
call("supervisor.getProcessInfo", "team:a")
call("supervisor.getProcessInfo", "nothing")
print(type(server.supervisor.getPID()).__name__, type(server.supervisor.getAllConfigInfo()).__name__)
print(type(server.supervisor.readLog(0, 10)).__name__, len(server.supervisor.readMainLog(0, 10)))
call("supervisor.sendProcessStdin", "team:a", "size\n")
while "size" not in server.supervisor.readProcessStdoutLog("team:a", 0, 0):
    time.sleep(0.05)
call("supervisor.sendRemoteCommEvent", "type", "größe")
call("supervisor.startProcess", "team:b")
call("supervisor.stopProcess", "team:b")
call("supervisor.startProcess", "team:b", False)
while server.supervisor.getProcessInfo("team:b")["statename"] != "RUNNING":
    time.sleep(0.05)
call("supervisor.stopProcess", "team:a", False)
call("supervisor.stopProcessGroup", "team")
while server.supervisor.getProcessInfo("team:a")["statename"] != "STOPPED":
    time.sleep(0.05)
call("supervisor.startProcess", "team:a")
call("supervisor.startProcessGroup", "team")
call("supervisor.signalProcess", "team:a", "URG")
call("supervisor.signalProcessGroup", "team", "URG")
call("supervisor.signalAllProcesses", "URG")
call("supervisor.readProcessLog", "team:a", 0, 5)
call("supervisor.readProcessStdoutLog", "team:a", 0, 5)
call("supervisor.readProcessStderrLog", "team:a", 0, 5)
call("supervisor.tailProcessLog", "team:a", 0, 5)
call("supervisor.tailProcessStdoutLog", "team:a", 0, 5)
call("supervisor.tailProcessStderrLog", "team:a", 0, 5)
call("supervisor.clearProcessLog", "team:a")
call("supervisor.clearProcessLogs", "team:b")
call("supervisor.clearAllProcessLogs")
call("supervisor.reloadConfig")
call("supervisor.removeProcessGroup", "team")
call("supervisor.stopProcess", "team:a")
call("supervisor.stopProcess", "team:b")
call("supervisor.removeProcessGroup", "team")
call("supervisor.addProcessGroup", "team")
call("supervisor.startAllProcesses", True)
call("supervisor.stopAllProcesses", True)
call("supervisor.clearLog")
call("supervisor.restart")
