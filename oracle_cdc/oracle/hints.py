"""What to do about an error of Oracle, of its driver, or of the way there, by its code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

AFRESH = "something in the database was compiled anew meanwhile; tried again"
CHECK = "of the pipelines in PIPELINES `python cdc_service.py check` names it"
ENCRYPTION = (
    "the database wants native network encryption, which thin mode lacks: "
    "set ORACLE_CLIENT_LIB_DIR, or use TCPS"
)
FOREIGN = (
    "what answers there does not speak as Oracle does: see ORACLE_PORT and what stands between, "
    "or set ORACLE_CLIENT_LIB_DIR"
)
INSTANCE = "the database starts or stops, or is not open; see its alert log"
LISTENER = "the listener has no free handler; see the database's PROCESSES and SESSIONS"
LOST = "the database or the network ended the session; a new one is opened"
MEMORY = "the database is short of memory"
NETWORK = "see ORACLE_HOST, ORACLE_PORT and the firewall"
OLD_SERVER = "the database is older than 12.1, the oldest whose SQL has what is asked of it"
SPACE = "the tablespace is full; a DBA extends it"
SERVICE = "the listener does not know the service; see ORACLE_SERVICE_NAME"
SID = "the listener does not know the SID; see ORACLE_DSN"
STRING = "the connect string is not understood; see ORACLE_DSN"
VALUE = "a value does not fit its column"
THICK = "thin mode can't read it: set ORACLE_CLIENT_LIB_DIR"
WALLET = "see ORACLE_WALLET_DIR: ewallet.pem, or for thick mode cwallet.sso, this user may read"


def _by_code(pairs: Iterable[tuple[str, Iterable[int]]]) -> dict[int, str]:
    hints: dict[int, str] = {}
    for hint, codes in pairs:
        hints.update(dict.fromkeys(codes, hint))
    return hints


#: Of the database and, in thick mode, of its client.
ORA_HINTS: Mapping[int, str] = _by_code(
    [
        ("user name or password is wrong; see ORACLE_USER and ORACLE_PASSWORD", (1017, 1005)),
        ("the account is locked; a DBA unlocks it: ALTER USER ... ACCOUNT UNLOCK", (28000,)),
        ("the password has expired; change it, and ORACLE_PASSWORD", (28001,)),
        ("the password does not meet the profile's rules; see ORACLE_PASSWORD", (28003,)),
        ("the user lacks CREATE SESSION; see deploy/oracle_grants.sql", (1045,)),
        (
            f"a table does not exist or the user has no right on it, or no synonym; {CHECK}",
            (942, 4043, 2289),
        ),
        ("the user lacks a privilege on it; see deploy/oracle_grants.sql", (1031, 1720)),
        (
            "no such column: where you wrote its name, it is misspelt; in the service's own tables "
            "`python cdc_service.py init-tables` adds what is missing",
            (904,),
        ),
        ("a name is not valid; see SOURCE_SCHEMA and SOURCE_TABLE", (903, 1741)),
        (
            "the database's time zone file is older than the zone's name; name it as it was called "
            "before in SOURCE_TIME_ZONE or PUBLISHER_TIME_ZONE, or a DBA upgrades the file",
            (1882,),
        ),
        ("a synonym leads nowhere; see deploy/oracle_grants_other_owner.sql", (980,)),
        ("a view has errors; a DBA compiles it", (4063,)),
        ("a PL/SQL unit or a trigger has errors; a DBA compiles it", (4045, 4098, 6508, 6550)),
        ("a trigger failed or refused; a DBA looks at the table's triggers", (4088, 4091)),
        ("a trigger or procedure refused; a DBA looks at it", range(20000, 21000)),
        ("a trigger, or the database's own work, failed; a DBA looks at its alert log", (604,)),
        (AFRESH, (4061, 4065, 4068)),
        ("the table was changed meanwhile; tried again", (1466,)),
        ("an index can't be used; a DBA rebuilds it", (1502, 8102)),
        ("a row was moved, or an index does not fit its table; a DBA looks at it", (1410,)),
        (
            "a security policy on the table fails or refuses; a DBA looks at it",
            (28112, 28113, 28115),
        ),
        ("no partition takes the row, or it may not move; a DBA looks at it", (14400, 14402)),
        ("the user has no quota on the tablespace; see deploy/oracle_grants.sql", (1950,)),
        ("the user's quota on the tablespace is used up; a DBA raises it", (1536,)),
        (SPACE, (1628, 1631, 1650, 1652, 1653, 1654, 1658, 1688, 1691, 1692, 30036)),
        (
            "a data file can't be used; a DBA looks at it",
            (376, 1110, 1115, 1116, 1119, 1157, 1578, 8103),
        ),
        ("another session holds the row or the table", (54, 56, 2049, 4021, 30006)),
        ("a transaction in doubt holds the row; a DBA ends it (DBA_2PC_PENDING)", (1591,)),
        ("the row is there already", (1,)),
        ("two sessions waited for each other; tried again", (60, 4020)),
        (
            "the user has as many sessions as its profile allows; see SESSIONS_PER_USER",
            (2391,),
        ),
        ("the database has as many sessions as it allows; see SESSIONS and PROCESSES", (18, 20)),
        (MEMORY, (4030, 4031, 4036, 27102)),
        ("the session has as many cursors as it may; a DBA raises OPEN_CURSORS", (1000,)),
        (
            "its profile or the Resource Manager limits time, CPU or reads; a DBA raises it",
            (40, 2392, 2393, 2394, 2395, 2397),
        ),
        ("the database's own key store is closed; a DBA opens it", (28365, 28374)),
        ("no answer in time, or a DBA cancelled it", (1013,)),
        ("the undo is too small for so long a search; see UNDO_RETENTION", (1555, 8176)),
        ("another transaction was faster; tried again", (8177,)),
        ("a server process of the query failed; tried again", (12801,)),
        ("the database is open for reading only: a standby; see ORACLE_HOST", (16000,)),
        (INSTANCE, (1033, 1034, 1035, 1089, 1090, 1092, 1109, 1219, 1507, 16456, 27101)),
        ("the archive area is full; a DBA makes room", (257, 19809, 19815)),
        (LOST, (28, 51, 603, 609, 1012, 2396, 2399, 3113, 3114, 3135)),
        (LOST, (25401, 25402, 25403, 25404, 25405, 25408, 25409)),
        (VALUE, (12899, 1438, 1722, 1400, 1401, 1461, 2290, 2291, 1841, 1843, 1830, 1847, 932)),
        (VALUE, (22835, 1407, 1426, 1455, 6502)),
        ("an internal error of the database; a DBA looks at its alert log", (600, 7445)),
        (SERVICE, (12504, 12514, 12521)),
        (SID, (12505,)),
        ("the alias is not in tnsnames.ora; see ORACLE_DSN and ORACLE_CONFIG_DIR", (12154,)),
        (LISTENER, (12500, 12515, 12516, 12518, 12519, 12520, 12523, 12525)),
        ("the listener does not admit this host; see its TCP.INVITED_NODES", (12529, 12546)),
        ("the listener can't hand the connection over; see its log", (28547,)),
        (STRING, (12162, 12533, 12538)),
        (INSTANCE, (12526, 12527, 12528)),
        (f"nobody listens there; {NETWORK}", (12541,)),
        (f"no answer; {NETWORK}", (12170, 12535, 12606, 12608, 12609, 3136)),
        (f"the way there fails; {NETWORK}", (12543, 12545, 12560, 12203)),
        (LOST, (12150, 12152, 12153, 12537, 12547, 12570, 12571, 12583)),
        (LOST, (12151, 12569, 12592, 12599)),
        (f"the log-in can't be negotiated: {ENCRYPTION}", (12637, 12639, 12649, 12650, 12660)),
        (
            "the database admits none of the driver's log-ins: a DBA sets "
            "SQLNET.ALLOWED_LOGON_VERSION_SERVER to 12 or less, or set ORACLE_CLIENT_LIB_DIR",
            (28040,),
        ),
        (f"the wallet can't be opened; {WALLET}", (28759,)),
        (
            "the certificate is not trusted: put its issuer into the wallet; " + WALLET,
            (28868, 29002, 29024),
        ),
        ("the certificate is another host's; see ORACLE_DSN", (29003,)),
        (
            "TLS can't be negotiated; see the listener's SSL_VERSION and the wallet",
            (28860, 28862, 28864, 28865),
        ),
    ]
)

#: Of the driver itself.
DPY_HINTS: Mapping[str, str] = {
    "DPY-1001": LOST,
    "DPY-1002": LOST,
    "DPY-2018": f"the wallet's file is missing; {WALLET}",
    "DPY-2029": f"{STRING}: https_proxy wants tcps",
    "DPY-2049": f"{STRING}: it names no address",
    "DPY-2056": f"{STRING}: its protocol needs a plug-in that is not installed, or that failed",
    "DPY-2059": STRING,
    "DPY-3001": ENCRYPTION,
    "DPY-3006": THICK,
    "DPY-3007": THICK,
    "DPY-3008": LOST,
    "DPY-3010": OLD_SERVER,
    "DPY-3012": f"the database's national character set: {THICK}",
    "DPY-3015": (
        "the password is stored in the form of Oracle 10: a DBA sets it anew "
        "(ALTER USER ... IDENTIFIED BY ...), or set ORACLE_CLIENT_LIB_DIR"
    ),
    "DPY-3016": "the Python package cryptography is missing: pip install -r requirements-run.txt",
    "DPY-3017": THICK,
    "DPY-3018": THICK,
    "DPY-3022": f"a time with the name of its zone: {THICK}",
    "DPY-3029": STRING,
    "DPY-3040": f"the database's character set: {THICK}",
    "DPY-4000": "the alias is not in tnsnames.ora; see ORACLE_DSN and ORACLE_CONFIG_DIR",
    "DPY-4001": "no user or no password; see ORACLE_USER and ORACLE_PASSWORD",
    "DPY-4011": LOST,
    "DPY-4017": STRING,
    "DPY-4018": STRING,
    "DPY-4019": FOREIGN,
    "DPY-4021": f"{STRING}: tcp:// and tcps:// are the protocols",
    "DPY-4022": STRING,
    "DPY-4024": "no answer within ORACLE_CALL_TIMEOUT_SECONDS; the database hangs or is slow",
    "DPY-4026": "tnsnames.ora is missing; see ORACLE_CONFIG_DIR, TNS_ADMIN and ORACLE_DSN",
    "DPY-4027": (
        "it is taken for an alias of tnsnames.ora, whose directory is not known; "
        "see ORACLE_DSN and ORACLE_CONFIG_DIR"
    ),
    "DPY-4028": STRING,
    "DPY-4030": "tnsnames.ora includes itself; see ORACLE_CONFIG_DIR",
    "DPY-4032": STRING,
    "DPY-4033": "the profile's IDLE_TIME ended the session; a new one is opened",
    "DPY-4035": FOREIGN,
    "DPY-5000": FOREIGN,
    "DPY-5001": FOREIGN,
    "DPY-5002": FOREIGN,
    "DPY-5003": FOREIGN,
    "DPY-5004": FOREIGN,
    "DPY-5005": FOREIGN,
    "DPY-5006": FOREIGN,
    "DPY-5016": f"the log-in can't be negotiated: {ENCRYPTION}",
    "DPY-6000": "the listener refused; see its log",
    "DPY-6001": SERVICE,
    "DPY-6002": "the certificate is another server's; see SSL_SERVER_CERT_DN in ORACLE_DSN",
    "DPY-6003": SID,
    "DPY-6004": "the proxy refused; see HTTPS_PROXY in ORACLE_DSN",
    "DPY-6005": f"no connection; {NETWORK}",
    "DPY-6006": (
        "the certificate is another host's; see ORACLE_HOST or ORACLE_DSN: "
        "the name there must be one of the certificate's"
    ),
    "DPY-6008": "the certificate can't be verified; see ORACLE_WALLET_DIR",
    "DPY-6009": "the listener refuses TLS on this port; see ORACLE_DSN",
}
