"""The bill of materials: the environment of this repository's pins, held against CycloneDX's own schema."""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from enerqis.core.errors import DataError, SetupError
from enerqis.governance.sbom import Material, bill, check_bill, materials
from enerqis.io.requirements import pins_of, read_pins

ROOT = Path(__file__).parents[2]
VERSION = "0" * 64
HASH = "a" * 64
NUMPY = f"numpy=={version('numpy')}"


@pytest.fixture(scope="module")
def text():
    return bill(materials(read_pins(ROOT / "requirements.txt")), version=VERSION)


def test_the_bill_of_this_environment_is_valid_cyclonedx(text):
    check_bill(text)


def test_the_bill_names_every_pin_with_its_hashes_and_no_address(text):
    pins = read_pins(ROOT / "requirements.txt")
    components = json.loads(text)["components"]
    assert {(each["name"], each["version"]) for each in components} == {(pin.name, pin.version) for pin in pins}
    hashes = {
        each["purl"]: {found["content"] for found in each["externalReferences"][0]["hashes"]} for each in components
    }
    assert hashes == {f"pkg:pypi/{pin.name}@{pin.version}": set(pin.hashes) for pin in pins}
    assert "://" not in text.replace("http://cyclonedx.org/schema/", "")


def test_the_bill_holds_no_clock_and_no_serial_number(text):
    tree = json.loads(text)
    assert "serialNumber" not in tree
    assert tree["metadata"] == {
        "component": {"bom-ref": "environment", "name": "environment", "type": "platform", "version": VERSION}
    }


def test_another_process_of_another_zone_and_hash_seed_writes_the_same_bytes(text):
    program = (
        "import sys; from pathlib import Path; from enerqis.governance.sbom import bill, materials; "
        "from enerqis.io.requirements import read_pins; "
        f"sys.stdout.write(bill(materials(read_pins(Path(sys.argv[1]))), version='{VERSION}'))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    words = [sys.executable, "-c", program, str(ROOT / "requirements.txt")]
    done = subprocess.run(words, capture_output=True, check=True, env=environment)
    assert done.stdout.decode("utf-8") == text


def test_licences_come_from_expression_name_or_classifier():
    # aiohttp 3.14 has an expression of two, omegaconf only a classifier, dpath the name of one licence
    names = ("aiohttp", "omegaconf", "dpath")
    found = {each.pin.name: each.licences for each in materials(read_pins(ROOT / "requirements.txt"))}
    assert {name: found[name] for name in names} == {
        "aiohttp": ("Apache-2.0 AND MIT",),
        "omegaconf": ("BSD License",),
        "dpath": ("MIT",),
    }


def test_one_component_by_hand():
    pin = pins_of(f"left==1.0 ; sys_platform == 'plan9' --hash=sha256:{HASH}\n")[0]
    tree = json.loads(bill([Material(pin, ("MIT",))], version=VERSION))
    assert tree["components"] == [
        {
            "bom-ref": "pkg:pypi/left@1.0",
            "externalReferences": [
                {
                    "comment": "files that the pin accepts, by hash",
                    "hashes": [{"alg": "SHA-256", "content": HASH}],
                    "type": "distribution",
                    "url": "pkg:pypi/left@1.0",
                }
            ],
            "licenses": [{"license": {"id": "MIT"}}],
            "name": "left",
            "properties": [{"name": "enerqis:marker", "value": 'sys_platform == "plan9"'}],
            "purl": "pkg:pypi/left@1.0",
            "scope": "optional",
            "type": "library",
            "version": "1.0",
        }
    ]
    assert tree["dependencies"] == [
        {"dependsOn": ["pkg:pypi/left@1.0"], "ref": "environment"},
        {"ref": "pkg:pypi/left@1.0"},
    ]


def test_who_needs_whom_is_said():
    pandas, numpy = (f"{name}=={version(name)}" for name in ("pandas", "numpy"))
    tree = json.loads(bill(materials(pins_of(f"{pandas}\n{numpy}\n")), version=VERSION))
    needs = {each["ref"]: each.get("dependsOn", []) for each in tree["dependencies"]}
    assert needs[f"pkg:pypi/{pandas.replace('==', '@')}"] == [f"pkg:pypi/{numpy.replace('==', '@')}"]


def test_a_pin_that_is_not_what_is_installed_gives_no_bill():
    with pytest.raises(SetupError, match=r"numpy .* is installed, 1\.0 is pinned"):
        materials(pins_of("numpy==1.0\n"))
    with pytest.raises(SetupError, match=r"no-such-thing-at-all==1\.0 is not installed"):
        materials(pins_of(f"{NUMPY}\nno-such-thing-at-all==1.0\n"))


def test_a_bill_that_was_changed_into_none_is_refused(text):
    with pytest.raises(DataError, match=r"not CycloneDX 1\.6"):
        check_bill(text.replace('"type": "platform"', '"type": "platfrom"', 1))
