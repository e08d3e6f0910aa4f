"""What the tests here share: one installation of the packages that the image has."""

import pytest

from tests.containers.image import ImageOnDisk, read_stages


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> ImageOnDisk:
    """The image's own installation, made once: the runtime packages and nothing else."""
    image = ImageOnDisk(tmp_path_factory.mktemp("image"))
    image.build(read_stages()[0])
    return image
