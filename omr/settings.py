"""Every number the reader depends on: its unit, its reason, the check it is paired with.

Distances are millimetres on paper unless the name says otherwise, so that they hold at any resolution.
Darkness runs from 0 (the paper around the box) to 1 (the form's own print).
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class IdentifySettings:
    """Finding the page code and telling a blank page from an unidentified one.

    corner_share: side of the corner crops looked at first, as a share of the page's shorter side; a code
        stands within 25 mm of its corner and a skewed feed moves it by some 10 mm more.
    blank_darkness: how much darker than the paper (0..255) something has to be to count as printed or
        written; show-through of a double-sided print stays below it.
    blank_share: share of such pixels under which a page without a code is blank: one line of writing is
        about 0.0005 of a page, the specks of a dirty glass about 0.0001.
    darkest_paper: gray value (0..255) under which an empty image is no blank page but a failed scan; paper
        in half the usual light has 120.
    crowded_area: image area over page area from which a second page beside the first is looked for.
    second_area: image area over page area from which a frame *must* hold a second page or blank space.
    least_contrast: gray levels (of 255) between paper and print under which faint pencil drowns in noise.
    squarest: ratio of the code's sides (100 px at 200 dpi, found to 1 px) from which a page that does not
        register is said to be stretched; paired with `RegisterSettings.largest_stretch`.
    enough_px_per_mm: resolution (about 135 dpi) under which an image that was made smaller is not trusted.
    smallest_px_per_mm: below it (about 90 dpi) a box frame is under one pixel wide: refused as too poor.
    """

    corner_share: float = 0.25
    blank_darkness: int = 60
    blank_share: float = 0.0003
    darkest_paper: float = 60.0
    crowded_area: float = 1.3
    second_area: float = 1.7
    squarest: float = 1.05
    enough_px_per_mm: float = 5.3
    smallest_px_per_mm: float = 3.5
    least_contrast: float = 60.0


@dataclass(frozen=True, slots=True)
class FiducialSettings:
    """Finding the printed squares.

    first_reach, reach: how far from its predicted place a square is looked for, mm: wider until both
        columns hold `settled` squares and shear and stretch are known.
    settled: squares in each column from which the page's shear and stretch are believed.
    contrast: gray levels (of 255) between the square and its surround that make it one; a washed-out
        scan of a pale copy keeps 60. Text within reach fails `size_error`, its partner.
    size_error: how far width and height may differ from the printed size, mm; photocopies fatten by 0.3.
    """

    first_reach: float = 3.0
    reach: float = 2.0
    settled: int = 3
    contrast: float = 45.0
    size_error: float = 0.7


@dataclass(frozen=True, slots=True)
class RegisterSettings:
    """Fitting the page.

    least_hits, least_side: squares needed in all and in each column. With fewer, one wrong square can
        turn the page without showing in the residual.
    outlier: distance from the homography at which a square is not believed, mm; feed wobble reaches 0.5.
    believed: share of the found squares that must agree for the simpler (affine) map to be taken.
    stiffness: weight of the bend (second difference) of a column's displacement against a hit's error.
    twist: weight of the difference between both columns' displacement: a feeder moves them alike.
    loosest: largest leave-one-out residual (95th percentile), mm, at which boxes are still found by
        their frames, which are looked for within `MeasureSettings.reach`.
    largest_stretch: largest ratio of the scales along and across the page; a form printed "fit to
        Letter" is shrunk alike both ways and passes, a stretched copy does not.
    """

    least_hits: int = 8
    least_side: int = 3
    outlier: float = 1.3
    believed: float = 0.85
    stiffness: float = 0.005
    twist: float = 0.05
    loosest: float = 0.6
    largest_stretch: float = 1.06


@dataclass(frozen=True, slots=True)
class PhotoSettings:
    """Laying a photographed page flat by its squares.

    rough, fine: px per mm at which it is laid flat to seek its squares, and to be read: as of 200 dpi.
    reach: how far from its predicted place a square is looked for, mm: paper bends, and perspective is
        guessed before it is known; reach_single: the same where one code alone was found, which tells nothing
        of perspective. Half the distance of two squares is 14.
    scanner: from what an affine map leaves of the squares, mm (root mean square), perspective is looked
        for: a feeder's wave leaves 0.3, a camera tilted by 2° 0.8.
    register: what differs from a scanner: paper that lies 5 mm over the table moves by 3 mm in the picture's
        corners, each side of the page by itself, and a tilt of 20° makes the page shorter; a homography can
        be bent to more, so it needs more squares.
    code_apart: how far a corner of a code may lie from where the squares have it, mm: found to 0.2, moved
        by a bend by 0.4; squares taken for their neighbours move it by 2.
    least_trace: as `MeasureSettings.least_trace`: blur leaves less of a light stroke.
    """

    rough: float = 5.0
    fine: float = 8.0
    reach: float = 7.0
    reach_single: float = 12.0
    scanner: float = 0.4
    register: RegisterSettings = RegisterSettings(
        least_hits=14, least_side=6, outlier=3.0, stiffness=0.01, twist=0.0005, largest_stretch=1.15
    )
    code_apart: float = 1.0
    least_trace: float = 0.03


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """Fitting a page that others printed, by its own print.

    farthest: bits (of 256) in which a feature may differ from the blank's; two at random differ in 128.
    least_agreeing: features that agree on one map; chance gives up to a dozen.
    similar_px, perspective_px, agree_px: how far, px of a small scan (a quarter of a mm), features may lie
        from a similarity, from it where perspective is looked for, and from a homography: curl moves them.
    least_scale, most_scale: px of a small scan per mm of the page: 4 where it fills the scan.
    first, between, last: how far a piece of the blank is looked for, mm, and the weight of the surface's
        bends against a piece's error: at first, again where fewer than `plenty` of the pieces were found, and
        last. Under half the distance of bubbles, which look alike.
    alike: correlation from which a piece is found; ink over a piece leaves less.
    believed, least_pieces: share and number of pieces that have to agree on one surface.
    outlier, least_outlier: how far from the surface a piece may lie, as a multiple of the median and in mm.
    loosest: largest residual (95th percentile of pieces held back), mm, at which a page is read.
    evenly_lit: brightness of the paper where it is darkest, over where it is brightest, under which a page
        is lit anew before its boxes are looked at: a shadow's edge in a box is no ink.
    moved: how far a bubble may lie from where the blank has it, mm: older prints of a form differ so much.
    stuck: share of the bubbles astray from which the paper moved in the scanner: it is refused, for no fit is
        sure near by.
    """

    farthest: float = 80.0
    least_agreeing: int = 20
    similar_px: float = 8.0
    perspective_px: float = 100.0
    agree_px: float = 5.0
    least_scale: float = 1.5
    most_scale: float = 9.0
    first: tuple[float, float] = (2.25, 0.3)
    between: tuple[float, float] = (1.5, 0.1)
    last: tuple[float, float] = (0.75, 0.02)
    plenty: float = 0.7
    alike: float = 0.5
    believed: float = 0.4
    least_pieces: int = 20
    outlier: float = 4.0
    least_outlier: float = 0.15
    loosest: float = 0.4
    evenly_lit: float = 0.85
    moved: float = 0.8
    stuck: float = 0.02


@dataclass(frozen=True, slots=True)
class ResembleSettings:
    """Telling at a glance which known pages a scan resembles.

    steepest: largest skew that is looked for, degrees. scales: of a page against one that fills its scan;
        shift: how far its middle may lie from the scan's, in two-hundredths of the longer side: 20 mm on A4.
    pictured: pages whose small picture is compared, the likeliest by their profiles. settled: of those, pages
        that are laid on the scan exactly.
    least: correlation of a picture from which its page is looked at; the right one had 0.32 and more before
        it was laid exactly, photographs 0.2 and less.
    rival: how much less alike than the best a page may be that is looked at as well; two years of a form
        differ by 0.01, forms of one office in other words by 0.06 and more.
    twin: correlation of two blanks' pictures from which neither is named before what they differ in decides.
    """

    steepest: float = 4.0
    scales: tuple[float, ...] = tuple(round(0.9 * 1.01**step, 4) for step in range(19))
    shift: int = 13
    pictured: int = 24
    settled: int = 5
    least: float = 0.25
    rival: float = 0.06
    twin: float = 0.97


@dataclass(frozen=True, slots=True)
class ContrarySettings:
    """Telling a form from another that shares its head, its table and most of its words.

    lettered: structure of a window of 3 mm, in the direction in which it has least, from which it holds
        letters: rules and the frames of boxes, which forms share, have less.
    other: correlation, as a share of the page's usual one, under which a window shows something else;
        beneath: the same, 0..1, where what lies beyond the blank's print is taken off.
    most: share of such windows at which a page may still be the blank's. Over 250 fits on worn scans with up
        to 40 strokes across the print, the right page had 0.052 at most where its print was clear, one that
        differed in its title and the order of two rows 0.070 at least.
    clear: usual correlation under which too little print is left on a scan to tell.
    own: share of a sheet's bubbles, by runs of eight, from which letters and digits in them say that it is
        this form whatever words are around: real sheets had 0.959 and more, a form that has the letters of
        one block of 75 bubbles in 1,101 turned round has less.
    """

    lettered: float = 0.4
    other: float = 0.4
    beneath: float = 0.6
    most: float = 0.06
    clear: float = 0.75
    own: float = 0.95


@dataclass(frozen=True, slots=True)
class KnownSettings:
    """Telling which known page a scan without a code shows.

    indexed, asked: features of each page in the index, and of the scan looked up in it, the strongest.
    shared: the most alike features of the index that one of the scan may speak for, where they are
        `as_good` as the nearest, in bits.
    compared: pages whose features are compared in full; compared_again: where none of them fits, and
        features are taken from bright paper alone: of 158 pages, many with the same headings, that of a
        photograph was the 37th at worst by what its features speak for.
    fitted: of those, pages that are fitted, where at least `rival` of the best one's features agree.
    found, named: share of the print that has to be found, on an unknown page, and on one of a form that a
        person named: offices print older versions of a form, and a person who names it vouches for it.
    plainly: by how much more of its print a page has to be found to need no further comparison.
    differs, least_apart: darkness in which two blanks differ, and area, mm², over which they have to, for
        the difference to decide: a 5 for a 6 in 7 pt is 0.6 mm², less than half of that is dust.
    told: share of the difference between two blanks that the scan has to explain; two years of one form,
        told by such a digit, had 0.7 and more on office, worn, copied and two-valued scans.
    """

    indexed: int = 150
    asked: int = 300
    shared: int = 3
    as_good: float = 6.0
    compared: int = 5
    compared_again: int = 48
    fitted: int = 3
    rival: float = 0.5
    found: float = 0.75
    named: float = 0.5
    plainly: float = 0.3
    differs: float = 0.15
    least_apart: float = 0.3
    told: float = 0.4


@dataclass(frozen=True, slots=True)
class MeasureSettings:
    """Looking at a box.

    grid: samples per mm at which boxes are looked at: the frame line (0.25 mm) is two samples.
    reach: how far from its registered place the printed frame is looked for, mm; paired with
        `RegisterSettings.loosest`.
    surround: white paper beyond the frame that is looked at, mm; table lines stay 1.5 away and come
        nearer by 0.2 in a blurred, fattened copy.
    inset: how far inside the frame's outer edge ink counts, mm: the line and its fattening in a copy.
    gap: how far outside the frame ink begins to count as beside the box, mm.
    ink: darkness from which a sample is ink. Pencil at its faintest is about 0.2, paper noise 0.05.
    ink_beside: the same outside the frame, where no blank box of the page can be taken off.
    firm: darkness from which a block is firmly covered.
    trace: mean darkness from which a block holds a trace of ink on any page; a stroke of faint pencil
        (0.2 dark, 0.4 mm wide) leaves 0.15 in a block. Where at least `trace_blocks` blocks that
        hang together are as dark, for a stroke crosses that many and a grain does not, a trace is
        `trace_noise` times as dark as that many blocks of the page's blank boxes are, but no less than
        `least_trace`. The outermost blocks have to be `rim` times as dark.
    block: side of the squares whose mean darkness is taken, mm: a speck under 0.4 mm hardly marks one.
    least_piece: darkness from which the darkest sample of a box is worth following.
    lonely_shift: distance, mm, from its neighbours' shift at which a box's own is not believed.
    vouched_shift: distance, mm, between its row's and its column's shift up to which they vouch for the
        place of a box that is written over; covered: mean darkness inside from which it is: a thin tick
        has it. framed: share of each of its frame's lines that then has to show there.
    astray: correlation with the blank of what lies around a bubble, usual in its row or its column, under
        which they are not where the page has them: real sheets had 0.39 and more, stuck ones up to 0.33.
    """

    grid: float = 6.0
    reach: float = 1.0
    surround: float = 1.1
    inset: float = 0.5
    gap: float = 0.2
    ink: float = 0.18
    ink_beside: float = 0.3
    firm: float = 0.4
    trace: float = 0.1
    rim: float = 1.5
    trace_noise: float = 3.0
    least_trace: float = 0.05
    trace_blocks: int = 5
    block: float = 0.5
    least_piece: float = 0.1
    lonely_shift: float = 0.3
    vouched_shift: float = 0.2
    covered: float = 0.06
    framed: float = 0.5
    astray: float = 0.36


@dataclass(frozen=True, slots=True)
class BesideSettings:
    """Looking for a mark that missed its box.

    grid: samples per mm. start, end: from where to where beside the frame is looked, mm: from where a
        fattened frame ends to a little before the table's line.
    least_boxes: boxes in a column from which what they have in common is known to be print; null_share:
        the share of them that it is taken from.
    suspect, least_area, least_width: darkness, area, mm², and width, mm, of what makes a box one to be looked
        at closely: beside an unmarked box, what is narrower is a rule that lies aside.
    ink: darkness from which a sample is ink; wider: how much further than at StrokeSettings.ink the frames
        reach, mm. least_span: least width and height of a piece of ink, mm: a speck is smaller, and a
        table's line that lies aside is narrower.
    near: how far from the frame most of a mark lies that missed its box, mm: a tick reaches 4.2 from it.
    far: how far from the frame a ring around it is looked for, mm.
    """

    grid: float = 4.0
    start: float = 0.5
    end: float = 5.3
    least_boxes: int = 4
    null_share: float = 0.5
    suspect: float = 0.09
    least_area: float = 0.4
    least_width: float = 0.7
    ink: float = 0.1
    wider: float = 0.3
    least_span: float = 0.9
    near: float = 4.3
    far: float = 3.0


@dataclass(frozen=True, slots=True)
class StrokeSettings:
    """Telling a box's own ink from a neighbour's stroke.

    grid: samples per mm. reach: how far around a box strokes are followed, mm: one row and a bit.
    surround: how far outside the frame a stroke still matters to a box, mm; as in MeasureSettings.
    beside: how far outside the frame a mark lies that missed its box, mm; mostly: the share of it that does:
        of a ring around the box of the next row about half does.
    ink: darkness from which a sample is ink. rule: straight runs longer than this are printed rules, mm;
    piece, broken: a straight line is a rule in pieces where more than this share of its pieces of this
    length, mm, hold ink.
    line, frame: how far outside and inside the frame's outer edge its print reaches, mm.
    bridge: gaps up to this are closed, mm: what taking off a frame or a rule cuts out of a stroke; across:
        the same where a rule was, which a stroke may cross at a flat angle.
    majority: how many times more of a stroke another box must hold to own it.
    least_mark: what it must hold at least, mm²: a short tick.
    own_mark: what a box may hold of another's stroke at most, mm² with the gaps closed: more may be a tick
        of its own that the other one touches.
    """

    grid: float = 4.0
    reach: float = 8.0
    surround: float = 1.1
    beside: float = 3.2
    mostly: float = 0.7
    ink: float = 0.22
    rule: float = 10.0
    piece: float = 2.5
    broken: float = 0.7
    line: float = 0.45
    frame: float = 0.7
    bridge: float = 1.2
    across: float = 1.8
    majority: float = 1.5
    least_mark: float = 1.0
    own_mark: float = 6.5


@dataclass(frozen=True, slots=True)
class PassingSettings:
    """Telling ink that fills a box and is no mark of it.

    ink: darkness from which a sample is ink. gap, beside: from where to where outside the frame ink is looked
    for, mm. amid: share of the height, around the middle, at which a line that strikes out leaves both sides;
    heavier: share of ink, of the page's usual mark, above which a mark may be struck out: of 24,000 marks
    that were not, 34 had such a line and none was a tenth heavier than the others. usual_marks: marks from
    which what is usual is known; usual_fill: what it is taken for where there are fewer.
    blot: breadth, mm, that no pen's stroke has, nor two felt pen's where they cross; blot_fill: shares of ink
    between which one is looked for; what is fuller is a filled box.
    faintest: darkness from which ink is followed, half of the box's own where that is more: what is lighter
    than that leaves a mark what it is. near: how far
    outside the frame ink is that comes out of the box, mm; far: how far it reaches where it goes on for long.
    others: what lies as near to another box is that one's mark, mm; least_area: ink beyond, mm², that is more
    than dirt. around: how far from a box that is passed through, mm, one way out is enough.
    """

    ink: float = 0.18
    gap: float = 0.7
    beside: float = 1.0
    amid: float = 0.7
    heavier: float = 1.15
    usual_marks: int = 3
    usual_fill: float = 0.3
    blot: float = 3.4
    blot_fill: tuple[float, float] = (0.3, 0.96)
    faintest: float = 0.15
    near: float = 1.2
    far: float = 2.5
    others: float = 1.2
    least_area: float = 0.4
    around: float = 25.0


@dataclass(frozen=True, slots=True)
class StreakSettings:
    """Telling a streak of the scanner, which goes on beyond the box, from a pen's straight stroke.

    grid: samples per mm. suspect: darkness of a line through a box from which it is followed.
    beyond: how far on either side of the box, mm; piece: in pieces of this length, mm, of which the share
    `lasting` is at least half as dark as the line in the box. drift: how far aside, mm, a piece may lie: a
    streak follows the scanner, not the skewed page.
    Over a whole page: slant: how far a line leans at most, mm a mm; long: length of its pieces, mm; thin:
    width up to which what is darker than both its sides is a line, mm; stands_out: by how much darker, 0..1;
    beside_print: how near to print nothing is believed, mm; whole: share of the pieces that have to show the
    line, of which print has to leave `least_seen`, mm, bare: no pen's stroke is as long.
    """

    grid: float = 4.0
    suspect: float = 0.06
    beyond: float = 12.0
    piece: float = 1.5
    lasting: float = 0.8
    drift: float = 1.3
    slant: float = 0.08
    long: float = 6.0
    thin: float = 0.75
    stands_out: float = 0.03
    beside_print: float = 0.5
    whole: float = 0.75
    least_seen: float = 60.0


@dataclass(frozen=True, slots=True)
class ClassifySettings:
    """Deciding what a box holds; paired numbers form bands, and between them a person decides.

    empty_extent, marked_extent: span of ink as a share of the inside: the first is a speck in a 4 mm
        inside, the second 2.8 mm there; a meant tick is longer.
    empty_piece, empty_pieces, specks_extent: length, mm, and number of pieces, and span of all of them, up to
        which they are specks and no dots.
    light_piece, light_tone: length, mm, and tone from which a piece of ink is a light stroke.
    marked_span: span of ink, mm, from which it may be a mark: a dot of a felt pen is smaller, whatever its
        blurred edge adds to the extent. marked_piece: length, mm, of its longest piece: three specks that lie
        far apart span as much.
    empty_fill, marked_fill: share of the inside that is ink.
    plain_fill, plain_extent: from both on, a mark cannot be a neighbour's stroke that only passes: such
        a stroke inks its own width (0.5 mm) across the inside (4 mm), 0.13 of it.
    faint: tone under which a mark goes to a person: light strokes had 0.08 to 0.23, pencil 0.24 and more but
        for the faintest, which a page's own pen explains.
    pale: share of the page's usual tone under which one mark is fainter than its writer's others.
    pen_marks: marks from which a page's own pen is known; pen_least: share of that pen's usual tone that a
        mark has to reach; pen_floor: least tone of any mark; pen_fill: least share of ink in it; pen_paper:
        share of the pen's tone that the darkest block of blank boxes may show at most. usual_tone: what
        marks of no faint pen have.
    soft_edge, soft_pale: mm on which ink rises to its darkest, from which it is no pen's; the second for ink
        that is lighter than usual: marks had up to 0.76 and 0.70, fills of a faint pencil 0.88, stains 0.73
        and more; softer: the same, relative to the page's other marks, on a blurred scan.
    crumbs: tone of ink under which a scan of two values has lost part of a stroke: pens on them had 0.51 and
        more, the pencil on pages where other marks were gone 0.17 to 0.47.
    clear: how many times darker than what its page's unmarked boxes hold a mark has to be: on a page that is
        dirty all over, dirt looks like marks. Marks had 3.6 and more on the grainiest page of 120,000 boxes.
    filled, filled_gap: share of the inside that is ink, and darkness of its lightest tenth relative to
        that ink, from which a box counts as filled: the form's rule for taking a tick back.
    heavy: share of ink from which a mark is a person's to settle where `usual` is what the page's other
        marks have: a hurried fill among ticks, not the habit of someone who scribbles.
    beside: share of the surround covered by ink from which a box without a mark may have it beside.
    missed: ink further beside the box, mm², from which a mark may have missed it.
    around: share of the surround covered by ink from which a ticked box is one, too: a ring that hugs the
        frame covers half of it, a felt pen's cross up to 0.3.
    ringed: share of the directions around a box, ticked or not, with ink on both sides from which it may be
        circled: rings had 0.58 and more, crosses that overshoot 0.33, seldom 0.5.
    circled_sides: number of sides (of 4) of the surround with ink that make it a circled one.
    line: darkness of a straight line right through a box and its surround that makes it a streak; a line
        of `thin_line` accounts for a trace of ink where there is one.
    through: share of the inside that another box's stroke may take before a person looks.
    least_match: match score under which the box was not found again on the page; marked_match: the same for
        one that is marked, for a frame that a fold made slanted looks like ink: marked boxes had 0.50 and
        more, such frames 0.38.
    largest_shift: distance of the frame from its registered place at which the fit is loose, mm.
    """

    empty_extent: float = 0.2
    marked_extent: float = 0.6
    empty_piece: float = 0.7
    empty_pieces: int = 3
    specks_extent: float = 0.4
    light_piece: float = 1.3
    light_tone: float = 0.08
    marked_span: float = 2.3
    marked_piece: float = 1.0
    empty_fill: float = 0.012
    marked_fill: float = 0.06
    plain_fill: float = 0.2
    plain_extent: float = 0.6
    faint: float = 0.24
    pale: float = 0.66
    pen_marks: int = 4
    pen_least: float = 0.72
    pen_floor: float = 0.1
    pen_fill: float = 0.003
    usual_tone: float = 0.45
    pen_paper: float = 0.5
    soft_edge: float = 0.8
    soft_pale: float = 0.72
    softer: float = 1.3
    crumbs: float = 0.5
    clear: float = 3.2
    filled: float = 0.96
    filled_gap: float = 0.7
    heavy: float = 0.8
    usual: float = 0.6
    beside: float = 0.02
    missed: float = 0.2
    around: float = 0.4
    ringed: float = 0.38
    circled_sides: int = 3
    line: float = 0.2
    thin_line: float = 0.07
    through: float = 0.08
    least_match: float = 0.35
    marked_match: float = 0.48
    largest_shift: float = 0.8


@dataclass(frozen=True, slots=True)
class BubbleSettings:
    """Deciding what a bubble holds, by how much darker it is than the page's blank ones.

    empty, marked: standard deviations of blank bubbles; between the two a person decides. Five is what
        noise alone exceeds once in three million; an erased or half-hearted fill has less than eight.
    unsure: confidence inside the band; sure: outside it, what 29,727 real bubbles without a silent error
        support (3/n).
    """

    empty: float = 5.0
    marked: float = 8.0
    sure: float = 0.9999
    unsure: float = 0.1


@dataclass(frozen=True, slots=True)
class Calibration:
    """How sure a read is: fitted by bench/calibrate.py and kept in calibration.toml with its provenance.

    empty, marked: weights of `omr.read.confidence.INPUTS`. surest: the highest chance the sample supports.
    review_below: confidence under which a person looks, whatever the state; it keeps the silent errors to
        be expected under one in 100,000 boxes.
    """

    empty: tuple[float, ...]
    marked: tuple[float, ...]
    surest: float
    review_below: float


@cache
def shipped_calibration() -> Calibration:
    """Return what calibration.toml holds."""
    found = tomllib.loads(resources.files("omr").joinpath("calibration.toml").read_text(encoding="utf-8"))
    return Calibration(tuple(found["empty"]), tuple(found["marked"]), found["surest"], found["review_below"])


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of the reader; its digest stands with every reading."""

    identify: IdentifySettings = field(default_factory=IdentifySettings)
    fiducials: FiducialSettings = field(default_factory=FiducialSettings)
    register: RegisterSettings = field(default_factory=RegisterSettings)
    photo: PhotoSettings = field(default_factory=PhotoSettings)
    match: MatchSettings = field(default_factory=MatchSettings)
    resemble: ResembleSettings = field(default_factory=ResembleSettings)
    contrary: ContrarySettings = field(default_factory=ContrarySettings)
    known: KnownSettings = field(default_factory=KnownSettings)
    measure: MeasureSettings = field(default_factory=MeasureSettings)
    beside: BesideSettings = field(default_factory=BesideSettings)
    strokes: StrokeSettings = field(default_factory=StrokeSettings)
    passing: PassingSettings = field(default_factory=PassingSettings)
    streaks: StreakSettings = field(default_factory=StreakSettings)
    classify: ClassifySettings = field(default_factory=ClassifySettings)
    bubbles: BubbleSettings = field(default_factory=BubbleSettings)
    calibration: Calibration = field(default_factory=shipped_calibration)

    @property
    def digest(self) -> str:
        """Name of these very numbers, 12 hexadecimal digits."""
        return _digest(self)


@cache
def _digest(settings: Settings) -> str:
    return hashlib.sha256(repr(sorted(asdict(settings).items())).encode()).hexdigest()[:12]


DEFAULT = Settings()
