"""The bill of materials of an environment: every pin as a CycloneDX 1.6 component; the one door to the CycloneDX library.

The same pins and the same installed distributions give the same bytes: no clock, no serial number, everything sorted. Pins
say name, version and hashes; licences and who needs whom come from the installed distributions' own metadata. A pin for
another system is in the bill too, with its marker, and without what only its metadata could tell.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import Distribution, distribution
from typing import Any, NamedTuple

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from enerqis.core.errors import DataError, SetupError
from enerqis.io.installed import differing
from enerqis.io.requirements import Pin

SUBJECT = "environment"
"""Name and reference of what the bill is about."""

MARKER = "enerqis:marker"
"""Property of a component that only some systems need."""

LONGEST_LICENCE_NAME = 64
"""Letters; what is longer in a distribution's metadata is the text of a licence and no name."""

MOST_NAMED = 3


class Material(NamedTuple):
    """A pin and what the installed distribution says of itself.

    Parameters
    ----------
    pin : Pin
    licences : tuple of str
        SPDX expression, or names as its authors wrote them; empty where they say none.
    needs : tuple of str
        Normalised names of the distributions that it needs here.
    """

    pin: Pin
    licences: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def materials(pins: Sequence[Pin]) -> list[Material]:
    """Return every pin with what is installed here, sorted by name.

    Raises
    ------
    SetupError
        If a pin for this system is not installed in its version: the bill would tell of another environment.
    """
    missing = differing(pins)
    if missing:
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        raise SetupError(
            f"{'; '.join(missing[:MOST_NAMED])}{more}. A bill of materials tells of the pinned environment: install the "
            "pins, 'enerqis doctor' says what differs."
        )
    return [_material(pin) for pin in sorted(pins)]


def licences_of(installed: Distribution) -> tuple[str, ...]:
    """Return a distribution's licences: the expression, else the short name, else the classifiers."""
    metadata = installed.metadata
    for field in ("License-Expression", "License"):
        text = metadata[field].strip() if field in metadata else ""
        if text and "\n" not in text and len(text) <= LONGEST_LICENCE_NAME:
            return (text,)
    named = [each for each in metadata.get_all("Classifier") or () if each.startswith("License ::")]
    return tuple(sorted({each.rpartition("::")[2].strip() for each in named} - {"OSI Approved"}))


def bill(found: Sequence[Material], *, version: str) -> str:
    """Return the bill of materials as CycloneDX 1.6 JSON.

    Parameters
    ----------
    found : sequence of Material
    version : str
        Version of the environment: the hash of its requirements file.

    Returns
    -------
    str
        Sorted keys, one final newline; the same text for the same arguments.
    """
    subject = Component(name=SUBJECT, type=ComponentType.PLATFORM, version=version, bom_ref=SUBJECT)
    parts = [_component(each) for each in found]
    here = {each.pin.name: part for each, part in zip(found, parts, strict=True) if each.pin.is_for_this_system}
    bom = Bom(metadata=BomMetaData(component=subject), components=parts)
    bom.register_dependency(subject, parts)
    for each, part in zip(found, parts, strict=True):
        bom.register_dependency(part, [here[name] for name in each.needs if name in here])
    tree = json.loads(JsonV1Dot6(bom).output_as_string())
    return json.dumps(_without_occasion(tree), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def check_bill(text: str) -> None:
    """Hold a bill of materials against the CycloneDX schema.

    Raises
    ------
    DataError
        If it is not valid CycloneDX 1.6.
    """
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault is not None:
        raise DataError(f"bill of materials: not CycloneDX 1.6: {str(fault.data).splitlines()[0]}")


def _material(pin: Pin) -> Material:
    if not pin.is_for_this_system:
        return Material(pin)
    installed = distribution(pin.name)
    return Material(pin, licences_of(installed), _needs_of(installed))


def _component(each: Material) -> Component:
    pin = each.pin
    purl = PackageURL("pypi", None, pin.name, pin.version)
    return Component(
        name=pin.name,
        version=pin.version,
        bom_ref=purl.to_string(),
        purl=purl,
        scope=ComponentScope.OPTIONAL if pin.marker else ComponentScope.REQUIRED,
        licenses=_licences(each.licences),
        external_references=[_files(pin, purl)] if pin.hashes else [],
        properties=[Property(name=MARKER, value=pin.marker)] if pin.marker else [],
    )


def _files(pin: Pin, purl: PackageURL) -> ExternalReference:
    """Return the files of a pin: it accepts several, one a platform, so that no hash is the component's own."""
    return ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(purl.to_string()),
        comment="files that the pin accepts, by hash",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in pin.hashes],
    )


def _licences(names: tuple[str, ...]) -> list[License]:
    factory = LicenseFactory()
    return [factory.make_from_string(names[0])] if len(names) == 1 else [factory.make_with_name(each) for each in names]


def _needs_of(installed: Distribution) -> tuple[str, ...]:
    needs = map(Requirement, installed.requires or ())
    return tuple(
        sorted(
            {
                canonicalize_name(need.name)
                for need in needs
                if need.marker is None or need.marker.evaluate({"extra": ""})
            }
        )
    )


def _without_occasion(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return the bill without when it was written and which copy it is; both may be absent in CycloneDX."""
    kept = {key: value for key, value in tree.items() if key != "serialNumber"}
    return {**kept, "metadata": {key: value for key, value in tree["metadata"].items() if key != "timestamp"}}
