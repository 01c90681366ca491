"""An ordinary Salesforce client (simple-salesforce, from PyPI) against the simulated Salesforce.

Usage: salesforce_client.py BASE_URL

The client addresses hosts of salesforce.com over TLS. The session below takes such requests to the sandbox instead; what is
in them and in the answers is the client's own.
"""

import sys
import traceback
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)

CLIENT_ID, CLIENT_SECRET = "sandbox-salesforce", "sandbox-salesforce-secret"
USER, PASSWORD, SECURITY_TOKEN = "gateway@sandbox.example.com", "sandbox-salesforce-password", "sandboxSecurityToken"
DOMAIN = "example--dev.sandbox.my"


class ToTheSandbox(HTTPAdapter):
    """Sends every request to the sandbox, whatever host it is for."""

    def __init__(self, base):
        super().__init__()
        self.base = urlsplit(base)

    def send(self, request, **options):
        request.url = urlsplit(request.url)._replace(scheme="http", netloc=self.base.netloc).geturl()
        return super().send(request, **options)


def session(base):
    session = requests.Session()
    session.mount("https://", ToTheSandbox(base))
    return session


def connect(base):
    return Salesforce(consumer_key=CLIENT_ID, consumer_secret=CLIENT_SECRET, domain=DOMAIN, session=session(base))


def fails_with(expected, action):
    try:
        action()
    except expected as failure:
        return failure
    raise AssertionError(f"no {expected.__name__}")


def client_credentials(base):
    assert connect(base).query("SELECT Id FROM Account LIMIT 1")["totalSize"] == 1


def username_and_password_by_oauth(base):
    sf = Salesforce(username=USER, password=PASSWORD, consumer_key=CLIENT_ID, consumer_secret=CLIENT_SECRET, session=session(base))
    assert sf.query("SELECT Id FROM Account LIMIT 1")["done"]


def username_password_and_token_by_soap(base):
    sf = Salesforce(username=USER, password=PASSWORD, security_token=SECURITY_TOKEN, session=session(base))
    assert sf.query("SELECT Id FROM Account LIMIT 1")["done"]


def json_web_token(base):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    sf = Salesforce(username=USER, consumer_key=CLIENT_ID, privatekey=pem, session=session(base))
    assert sf.query("SELECT Id FROM Account LIMIT 1")["done"]


def session_and_instance(base):
    token = connect(base).session_id
    sf = Salesforce(session_id=token, instance_url=base, session=session(base))
    assert sf.query("SELECT Id FROM Account LIMIT 1")["done"]


def wrong_credentials(base):
    wrong = lambda: Salesforce(consumer_key=CLIENT_ID, consumer_secret="wrong", domain=DOMAIN, session=session(base))
    assert fails_with(SalesforceAuthenticationFailed, wrong).code == "invalid_client"
    wrong = lambda: Salesforce(username=USER, password="wrong", security_token="", session=session(base))
    assert fails_with(SalesforceAuthenticationFailed, wrong).code == "INVALID_LOGIN"


def a_wrong_session(base):
    sf = Salesforce(session_id="nobody", instance_url=base, session=session(base))
    fails_with(SalesforceExpiredSession, lambda: sf.query("SELECT Id FROM Account"))


def describes(base):
    sf = connect(base)
    assert {"Account", "Contact", "Change_Request__c"} <= {entry["name"] for entry in sf.describe()["sobjects"]}
    fields = {field["name"]: field for field in sf.Account.describe()["fields"]}
    assert fields["ParentId"]["referenceTo"] == ["Account"] and fields["ParentId"]["relationshipName"] == "Parent"
    assert fields["vlocity_cmt__EnableAutopay__c"]["type"] == "boolean"
    assert sf.Account.metadata()["objectDescribe"]["keyPrefix"] == "001"


def limits_and_usage(base):
    sf = connect(base)
    assert sf.limits()["DailyApiRequests"]["Max"] == 15000
    assert sf.api_usage["api-usage"].total == 15000 and sf.api_usage["api-usage"].used > 0


def queries(base):
    sf = connect(base)
    account = sf.query(
        "SELECT Id, Name, vlocity_cmt__EnableAutopay__c, Consumer_PIN__c, Parent.Name, Parent.Customer_Account_Number__c,"
        " (SELECT MSISDN__c FROM ChildAccounts ORDER BY MSISDN__c DESC), (SELECT Token__c FROM vlocity_cmt__PaymentMethods__r"
        " WHERE IsPrimary__c = false) FROM Account WHERE Billing_Account_Number__c = '23540074-23540075'"
    )["records"][0]
    assert account["attributes"] == {"type": "Account", "url": "/services/data/v59.0/sobjects/Account/0013K000012fb7dQAA"}
    assert account["Name"] == "Helen C. Sample" and account["vlocity_cmt__EnableAutopay__c"] is True
    assert account["Consumer_PIN__c"] is None and "MSISDN__c" not in account
    assert account["Parent"]["Customer_Account_Number__c"] == "23540074"
    assert [line["MSISDN__c"] for line in account["ChildAccounts"]["records"]] == ["17875550174", "17875550173"]
    assert account["vlocity_cmt__PaymentMethods__r"]["totalSize"] == 2
    count = lambda where: sf.query(f"SELECT COUNT() FROM Account WHERE {where}")["totalSize"]
    assert count("Name = 'maría o\\'hara-sample'") == 2
    assert count("MSISDN__c IN ('17875550172', '17875550173') AND Parent.Name != null") == 2
    assert count("(MSISDN__c = '17875550172' OR MSISDN__c = '17875550173') AND NOT Parent.Name LIKE 'conn%'") == 1
    assert count("Id IN (SELECT AccountId FROM Contact WHERE Contact_Role__c = 'Secondary')") == 2
    assert count("Id = '0013K000012fb7d'") == 1
    ordered = sf.query("SELECT MSISDN__c FROM Account WHERE MSISDN__c LIKE '178755501%' ORDER BY MSISDN__c LIMIT 2 OFFSET 1")
    assert [record["MSISDN__c"] for record in ordered["records"]] == ["17875550170", "17875550171"]
    contact = sf.query("SELECT Name, Account.Name, Account.Parent.Name FROM Contact WHERE Email = 'helen.sample@example.com'")
    assert contact["records"][0]["Account"]["Parent"]["Name"] == "Helen C. Sample"


def faulty_queries(base):
    sf = connect(base)
    for query, code in [
        ("SELECT Id FROM", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 'x", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 'x' AND Name = 'y' OR Name = 'z'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT ParentId FROM Account)", "MALFORMED_QUERY"),
        ("SELECT Nothing__c FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD"),
        ("SELECT Id, (SELECT Id FROM Nothing) FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Nothing", "INVALID_TYPE"),
    ]:
        failure = fails_with(SalesforceMalformedRequest, lambda: sf.query(query))
        assert failure.content[0]["errorCode"] == code, (query, failure.content)


def paging(base):
    sf = connect(base)
    query = "SELECT Id, Name FROM Account WHERE Name = 'Many Sample' AND Billing_Account_Number__c != null"
    everything = sf.query_all(query)
    assert everything["totalSize"] == len(everything["records"]) == 250
    first = sf.query(query, headers={"Sforce-Query-Options": "batchSize=200"})
    assert not first["done"] and len(first["records"]) == 200 and first["totalSize"] == 250
    rest = sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    assert rest["done"] and len(rest["records"]) == 50
    ids = {record["Id"] for record in first["records"] + rest["records"]}
    assert len(ids) == 250
    lines = sf.query("SELECT (SELECT MSISDN__c FROM ChildAccounts) FROM Account WHERE Name = 'SAMPLE LOGISTICS INC' AND ParentId != null")
    page, seen = lines["records"][0]["ChildAccounts"], 0
    while True:
        seen += len(page["records"])
        if page["done"]:
            break
        page = sf.query_more(page["nextRecordsUrl"], identifier_is_url=True)
    assert seen == 430
    fails_with(SalesforceMalformedRequest, lambda: sf.query_more("01g5e0000zzzzzz-200"))


def records(base):
    sf = connect(base)
    made = sf.Contact.create({"FirstName": "New", "LastName": "Sample", "Email": "new@example.com", "AccountId": "0013K000012fb7dQAA"})
    assert made["success"] and len(made["id"]) == 18
    contact = sf.Contact.get(made["id"])
    assert contact["Name"] == "New Sample" and contact["Phone"] is None
    assert sf.Contact.update(made["id"], {"Phone": "7875550199", "LastName": "Example"}) == 204
    contact = sf.Contact.get(made["id"][:15])
    assert (contact["Name"], contact["Phone"]) == ("New Example", "7875550199")
    assert sf.Contact.delete(made["id"]) == 204
    fails_with(SalesforceResourceNotFound, lambda: sf.Contact.get(made["id"]))


def upserts(base):
    sf = connect(base)
    key = "Correlation_Id__c/simple-salesforce%2F1"
    assert sf.Change_Request__c.upsert(key, {"Type__c": "Autopay"}) == 201
    assert sf.Change_Request__c.upsert(key, {"Type__c": "Non-Autopay"}) == 200
    found = sf.query("SELECT Type__c, Name FROM Change_Request__c WHERE Correlation_Id__c = 'simple-salesforce/1'")
    assert found["totalSize"] == 1 and found["records"][0]["Type__c"] == "Non-Autopay"
    by_key = sf.Change_Request__c.get_by_custom_id("Correlation_Id__c", "simple-salesforce/1")
    assert by_key["Type__c"] == "Non-Autopay"
    # Two accounts with one number: the answer names both and nothing is written.
    for name in ["One", "Other"]:
        sf.Account.create({"Name": name, "Customer_Account_Number__c": "ambiguous"})
    fails_with(SalesforceMoreThanOneRecord, lambda: sf.Account.upsert("Customer_Account_Number__c/ambiguous", {"Name": "Both"}))
    assert sf.query("SELECT COUNT() FROM Account WHERE Name = 'Both'")["totalSize"] == 0


def refused_records(base):
    sf = connect(base)
    for fields, code in [
        ({}, "REQUIRED_FIELD_MISSING"),
        ({"Name": "x", "Nothing__c": "x"}, "INVALID_FIELD"),
        ({"Name": "x", "Id": "0013K000012fb7dQAA"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"Name": "x" * 256}, "STRING_TOO_LONG"),
        ({"Name": "x", "vlocity_cmt__BillingEmailAddress__c": "nobody"}, "INVALID_EMAIL_ADDRESS"),
        ({"Name": "x", "vlocity_cmt__EnableAutopay__c": "yes"}, "JSON_PARSER_ERROR"),
        ({"Name": "x", "ParentId": "0035e0000000000AAA"}, "INVALID_CROSS_REFERENCE_KEY"),
    ]:
        failure = fails_with(SalesforceMalformedRequest, lambda: sf.Account.create(fields))
        assert failure.content[0]["errorCode"] == code, (fields, failure.content)


def composite(sf, all_or_none, *parts):
    body = {"allOrNone": all_or_none, "compositeRequest": list(parts)}
    return [(part["httpStatusCode"], part["body"]) for part in sf.restful("composite", method="POST", json=body)["compositeResponse"]]


def composites(base):
    sf = connect(base)
    data = f"/services/data/v{sf.sf_version}"
    account = {"method": "POST", "url": f"{data}/sobjects/Account", "referenceId": "account", "body": {"Name": "Composite Sample"}}
    contact = {
        "method": "POST",
        "url": f"{data}/sobjects/Contact",
        "referenceId": "contact",
        "body": {"LastName": "Sample", "AccountId": "@{account.id}"},
    }
    query = {
        "method": "GET",
        "url": f"{data}/query?q=SELECT+Name+FROM+Contact+WHERE+AccountId+=+'@{{account.id}}'",
        "referenceId": "contacts",
    }
    outcome = composite(sf, True, account, contact, query)
    assert [status for status, _ in outcome] == [201, 201, 200] and outcome[2][1]["totalSize"] == 1
    # One part fails, and all of it is as if it had never been.
    wrong = {**contact, "body": {"AccountId": "@{account.id}"}}
    outcome = composite(sf, True, {**account, "body": {"Name": "Rolled Back"}}, wrong)
    assert [status for status, _ in outcome] == [400, 400]
    assert [body[0]["errorCode"] for _, body in outcome] == ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING"]
    assert sf.query("SELECT COUNT() FROM Account WHERE Name = 'Rolled Back'")["totalSize"] == 0
    # Without that, each part stands for itself.
    outcome = composite(sf, False, wrong, {**account, "body": {"Name": "Kept"}})
    assert [status for status, _ in outcome] == [400, 201]
    assert sf.query("SELECT COUNT() FROM Account WHERE Name = 'Kept'")["totalSize"] == 1


CHECKS = [
    client_credentials,
    username_and_password_by_oauth,
    username_password_and_token_by_soap,
    json_web_token,
    session_and_instance,
    wrong_credentials,
    a_wrong_session,
    describes,
    limits_and_usage,
    queries,
    faulty_queries,
    paging,
    records,
    upserts,
    refused_records,
    composites,
]


def main():
    base = sys.argv[1]
    failed = 0
    for check in CHECKS:
        try:
            check(base)
            print(f"ok      {check.__name__}")
        except Exception:
            failed += 1
            print(f"FAILED  {check.__name__}")
            traceback.print_exc()
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
