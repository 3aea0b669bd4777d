"""The commands on a release, as the shell calls them."""

from click.testing import CliRunner

from bc_inventory.cli import COMMANDS, cli


def call(*words):
    done = CliRunner().invoke(cli, words)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_show_gives_the_totals_worked_out_by_hand(releases):
    shown = call("show", "--releases", releases).output
    total = next(line for line in shown.splitlines() if line.startswith("Total"))
    assert "0.0 (" in total
    assert "emissions" in shown


def test_show_of_a_region_is_its_total(releases):
    shown = call("show", "--releases", releases, "--region", "河北", "--sector", "1A2f").output
    assert "0.030" in shown


def test_every_command_explains_itself():
    for name in COMMANDS:
        done = call(name, "--help")
        assert done.exit_code == 0, name
        assert "Usage" in done.output
