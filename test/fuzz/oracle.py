"""Answers questions about input with the code of the original Supervisor and of Python, one JSON line each."""

import base64
import json
import resource
import shlex
import sys
import xmlrpc.client

from supervisor import datatypes, options, xmlrpc as supervisor_xmlrpc


def ini(data):
    text = data['text']
    parser = options.UnhosedConfigParser()
    parser.read_string(text, 'a.conf')
    sections = [[name, list(parser._sections[name].items())] for name in parser.sections()]
    return {'sections': sections, 'defaults': list(parser._defaults.items())}


def environment(data):
    return list(datatypes.dict_of_key_value_pairs(data['text']).items())


def later_environment(data):
    """As Supervisor reads it since 4.3."""
    lexer = shlex.shlex(data['text'], posix=True)
    lexer.wordchars += '/.+-():'
    tokens = list(lexer)
    pairs = {}
    for at in range(0, len(tokens), 4):
        triple = tokens[at:at + 3]
        if len(triple) != 3 or triple[1] != '=':
            raise ValueError('Unexpected end of key/value pairs')
        pairs[triple[0]] = triple[2]
    return list(pairs.items())


def expansion(data):
    return options.expand(data['text'], data['names'], 'section.key')


def octal(text):
    return datatypes.octal_type(text)


VALUES = {
    'integer': datatypes.integer,
    'octal': octal,
    'size': datatypes.byte_size,
    'boolean': datatypes.boolean,
    'exitcodes': datatypes.list_of_exitcodes,
    'name': datatypes.process_or_group_name,
    'address': datatypes.inet_address,
    'list': datatypes.list_of_strings,
    'signal': datatypes.signal_number,
    'autorestart': lambda text: str(datatypes.auto_restart(text)),
}


def value(data):
    result = {}
    for name, convert in VALUES.items():
        try:
            result[name] = {'value': plain(convert(data['text']))}
        except ValueError as error:
            result[name] = {'refused': str(error)}
    return result


def call(data):
    """A call as Supervisor's server reads it."""
    handler = object.__new__(supervisor_xmlrpc.supervisor_xmlrpc_handler)
    params, method = handler.loads(data['text'])
    return {'method': method, 'params': plain(params or ())}


def response(data):
    """A response as Python's client reads it."""
    parser, unmarshaller = xmlrpc.client.getparser()
    parser.feed(data['text'].encode())
    parser.close()
    try:
        return {'result': plain(unmarshaller.close())}
    except xmlrpc.client.Fault as fault:
        return {'fault': [plain(fault.faultCode), plain(fault.faultString)]}


def plain(value):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2 ** 53 else {'number': str(value)}
    if isinstance(value, float):
        return {'number': repr(value)}
    if isinstance(value, bytes):
        return {'bytes': base64.b64encode(value).decode()}
    if isinstance(value, xmlrpc.client.DateTime):
        return str(value)
    if isinstance(value, dict):
        return {'map': [[plain(key), plain(member)] for key, member in value.items()]}
    return [plain(member) for member in value]


QUESTIONS = {
    'ini': ini,
    'environment': environment,
    'later environment': later_environment,
    'expansion': expansion,
    'value': value,
    'call': call,
    'response': response,
}

# An answer that needs more is none worth comparing with.
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
if hasattr(sys, 'set_int_max_str_digits'):
    sys.set_int_max_str_digits(0)
for line in sys.stdin:
    question = json.loads(line)
    try:
        answer = {'kind': 'answer', 'answer': QUESTIONS[question['ask']](question)}
    except Exception as error:
        answer = {'kind': 'refused', 'type': type(error).__name__, 'text': str(error)}
    try:
        text = json.dumps(answer)
    except (TypeError, ValueError) as error:
        text = json.dumps({'kind': 'refused', 'type': 'json', 'text': str(error)})
    sys.stdout.write(text + '\n')
    sys.stdout.flush()
