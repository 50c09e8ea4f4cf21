from tests.unittests.client import document
from tests.unittests.factories.users import AdminFactory, UserFactory
def test_smoke(api):
    r = api.get("/v1/event-types?page[size]=2&sort=-name&filter=" + '[{"name":"name","op":"ilike","val":"%25c%25"}]')
    print(r.status_code, r.get_data(as_text=True), dict(r.headers))
    assert r.status_code == 200
    tag = r.headers["ETag"]
    assert api.get("/v1/event-types?page[size]=2&sort=-name&filter=" + '[{"name":"name","op":"ilike","val":"%25c%25"}]', headers={"If-None-Match": tag}).status_code == 304
    admin = AdminFactory()
    r = api.post("/v1/event-types", document("event-type", name="X", slug="x"), user=admin)
    print(r.status_code, r.get_data(as_text=True))
    r = api.post("/v1/event-types", document("event-type", name="X"), user=UserFactory())
    print(r.status_code, r.get_data(as_text=True))
    r = api.get("/v1/event-types/1")
    print(r.status_code, r.get_data(as_text=True), r.headers["ETag"])
    assert api.get("/v1/event-types/1", headers={"If-None-Match": r.headers["ETag"]}).status_code == 304
    r = api.patch("/v1/event-types/1", document("event-types", 1, name="Y"), user=admin, headers={"If-Match": r.headers["ETag"]})
    print(r.status_code, r.get_data(as_text=True))
    r = api.patch("/v1/event-types/1", document("event-types", 1, name="Z"), user=admin, headers={"If-Match": 'W/"1-x"'})
    print(r.status_code, r.get_data(as_text=True))
    r = api.delete("/v1/event-types/1", user=admin)
    print(r.status_code, r.get_data(as_text=True))
    r = api.get("/v1/event-types/1")
    print(r.status_code, r.get_data(as_text=True))
    r = api.get("/nope"); print(r.status_code, r.get_data(as_text=True))
    r = api.get("/health"); print(r.status_code, r.get_data(as_text=True))
    r = api.get("/v1/event-types?filter=[[[["); print(r.status_code, r.get_data(as_text=True))
