"""What scanners really write into PDFs."""

from __future__ import annotations

import itertools
from io import BytesIO

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from omr.errors import SourceError
from omr.intake import pdf
from omr.intake.frames import count_frames, open_source, scans
from omr.model.reading import Reason, Rejection
from omr.model.scan import Scan

W, H = 420.0, 594.0
UPRIGHT = (W, 0, 0, H, 0, 0)
MATRICES = {
    "upright": (UPRIGHT, (W, H)),
    "mirrored": ((-W, 0, 0, H, W, 0), (W, H)),
    "flipped": ((W, 0, 0, -H, 0, H), (W, H)),
    "upside down": ((-W, 0, 0, -H, W, H), (W, H)),
    "quarter left": ((0, W, -H, 0, H, 0), (H, W)),
    "quarter right": ((0, -W, H, 0, 0, W), (H, W)),
    "transposed": ((0, W, H, 0, 0, 0), (H, W)),
    "anti-transposed": ((0, -W, -H, 0, H, W), (H, W)),
}


def only(path):
    found = list(scans(open_source(path)))
    assert len(found) == 1
    return found[0]


def shown(path):
    """The page as a viewer shows it."""
    with pypdfium2.PdfDocument(path) as document:
        return np.asarray(document[0].render(scale=1).to_pil().convert("L"))


@pytest.mark.parametrize(("name", "rotation"), list(itertools.product(MATRICES, [0, 90, 180, 270])))
def test_an_image_taken_out_lies_as_a_viewer_shows_it(tmp_path, page, jpeg, pdf_of, likeness, name, rotation):
    matrix, size = MATRICES[name]
    pdf_of(tmp_path / "a.pdf", jpeg(page), matrix, size, rotation)
    with pypdfium2.PdfDocument(tmp_path / "a.pdf") as document:
        assert pdf._taken_out(document[0]) is not None
    scan = only(tmp_path / "a.pdf")
    assert likeness(scan.image, shown(tmp_path / "a.pdf")) > 0.97


def test_the_comparison_sees_a_wrong_turn(page, likeness):
    assert likeness(page, page) > 0.999
    assert likeness(page, page[::-1, ::-1]) < 0.9
    assert likeness(page, page[:, ::-1]) < 0.9


def test_a_jpeg_is_taken_out_bit_by_bit(tmp_path, page, jpeg, pdf_of):
    data = jpeg(page)
    pdf_of(tmp_path / "a.pdf", data, UPRIGHT, (W, H))
    (tmp_path / "a.jpg").write_bytes(data)
    assert np.array_equal(only(tmp_path / "a.pdf").image, only(tmp_path / "a.jpg").image)


def test_the_resolution_is_that_of_the_image_on_the_page(tmp_path, page, jpeg, pdf_of):
    pdf_of(tmp_path / "a.pdf", jpeg(page), (W / 2, 0, 0, H / 2, 0, 0), (W / 2, H / 2))
    assert only(tmp_path / "a.pdf").dpi == pytest.approx(144)


def hand_made(image_dictionary: bytes, data: bytes, content: bytes = b"420 0 0 594 0 0 cm /I Do") -> bytes:
    """A PDF written by hand: one page, one image object as given."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 594]/Resources<</XObject<</I 5 0 R>>>>/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/XObject/Subtype/Image %s/Length %d>>stream\n%s\nendstream"
        % (image_dictionary, len(data), data),
    ]
    out, places = bytearray(b"%PDF-1.5\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start)


def test_an_inverting_decode_array_is_obeyed_for_jpeg(tmp_path, page, jpeg, likeness):
    data = jpeg(255 - page)
    words = b"/Width 420/Height 594/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode/Decode[1 0]"
    (tmp_path / "a.pdf").write_bytes(hand_made(words, data))
    assert likeness(only(tmp_path / "a.pdf").image, page) > 0.97


@pytest.mark.parametrize("inverted", [False, True])
def test_an_inverting_decode_array_is_obeyed_for_one_bit(tmp_path, page, likeness, inverted):
    bits = np.packbits((page > 128) ^ inverted, axis=1).tobytes()
    words = b"/Width 420/Height 594/ColorSpace/DeviceGray/BitsPerComponent 1" + b"/Decode[1 0]" * inverted
    (tmp_path / "a.pdf").write_bytes(hand_made(words, bits))
    assert likeness(only(tmp_path / "a.pdf").image, np.where(page > 128, 255, 0).astype(np.uint8)) > 0.97


def test_a_g4_stream_is_read(tmp_path, page, likeness):
    out = BytesIO()
    Image.fromarray(page).convert("1", dither=Image.Dither.NONE).save(out, "TIFF", compression="group4")
    with Image.open(BytesIO(out.getvalue())) as stack:
        start, length = stack.tag_v2[273][0], stack.tag_v2[279][0]
        black_is_1 = stack.tag_v2[262] == 1
    data = out.getvalue()[start : start + length]
    words = (
        b"/Width 420/Height 594/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode"
        b"/DecodeParms<</K -1/Columns 420/Rows 594/BlackIs1 " + (b"true" if black_is_1 else b"false") + b">>"
    )
    (tmp_path / "a.pdf").write_bytes(hand_made(words, data))
    assert likeness(only(tmp_path / "a.pdf").image, page) > 0.9


def test_a_page_cut_into_strips_is_put_together(tmp_path, page, jpeg, likeness):
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(W, H))
    for top in range(0, 594, 99):
        strip = ImageReader(BytesIO(jpeg(page[top : top + 99])))
        canvas.drawImage(strip, 0, H - top - 99, W, 99)
    canvas.save()
    assert likeness(only(tmp_path / "a.pdf").image, page) > 0.97


def test_layers_of_background_and_mask_are_put_together(tmp_path, page, jpeg, likeness):
    """MRC: a pale background, and the ink as a stencil over it."""
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(W, H))
    canvas.drawImage(ImageReader(BytesIO(jpeg(np.full((150, 105), 245, np.uint8)))), 0, 0, W, H)
    ink = Image.fromarray(
        np.dstack([np.zeros_like(page)] * 3 + [np.where(page < 200, 255, 0).astype(np.uint8)])
    )
    out = BytesIO()
    ink.save(out, "PNG")
    canvas.drawImage(ImageReader(BytesIO(out.getvalue())), 0, 0, W, H, mask="auto")
    canvas.save()
    assert likeness(only(tmp_path / "a.pdf").image, page) > 0.95


def test_a_page_cropped_and_deskewed_by_the_driver_is_whole(tmp_path, page, jpeg, pdf_of, likeness):
    turn = np.radians(1.0)
    matrix = (W * np.cos(turn), W * np.sin(turn), -H * np.sin(turn), H * np.cos(turn), 0, 0)
    pdf_of(tmp_path / "a.pdf", jpeg(page), matrix, (W * 0.98, H * 0.98))
    assert likeness(only(tmp_path / "a.pdf").image, page) > 0.8


def test_a_drawn_page_is_rendered(tmp_path):
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(W, H))
    canvas.rect(50, 50, 100, 100, fill=1)
    canvas.save()
    scan = only(tmp_path / "a.pdf")
    assert scan.dpi == 200
    assert scan.image.shape == pytest.approx((H / 72 * 200, W / 72 * 200), abs=1)
    assert scan.image.min() < 10


def test_a_password_is_named(tmp_path):
    canvas = Canvas(str(tmp_path / "a.pdf"), encrypt=StandardEncryption("secret", ownerPassword="owner"))
    canvas.drawString(100, 100, "x")
    canvas.save()
    assert only(tmp_path / "a.pdf").reason is Reason.ENCRYPTED


def test_a_file_without_pages_is_not_locked_because_the_one_before_it_was(tmp_path):
    test_a_password_is_named(tmp_path)
    with pypdfium2.PdfDocument.new() as document:
        document.save(tmp_path / "b.pdf")
    refused = only(tmp_path / "b.pdf")
    assert isinstance(refused, Rejection)
    assert refused.reason is Reason.UNREADABLE


def test_a_cut_off_pdf_gives_what_it_holds_and_says_that_more_is_lost(tmp_path, page, jpeg):
    canvas = Canvas(str(tmp_path / "whole.pdf"), pagesize=(W, H))
    for number in range(3):
        canvas.drawImage(ImageReader(BytesIO(jpeg(page - number))), 0, 0, W, H)
        canvas.showPage()
    canvas.save()
    data = (tmp_path / "whole.pdf").read_bytes()
    for share in (0.97, 0.6, 0.2):
        path = tmp_path / f"cut{share}.pdf"
        path.write_bytes(data[: int(len(data) * share)])
        found = list(scans(open_source(path)))
        assert len(found) == count_frames(path)
        assert isinstance(found[-1], Rejection)
        assert found[-1].reason is Reason.UNREADABLE


def test_a_range_of_pages_is_numbered_as_in_the_file(tmp_path, page, jpeg):
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(W, H))
    for _number in range(4):
        canvas.drawImage(ImageReader(BytesIO(jpeg(page))), 0, 0, W, H)
        canvas.showPage()
    canvas.save()
    found = list(scans(open_source(tmp_path / "a.pdf"), range(2, 4)))
    assert [scan.id.frame for scan in found] == [2, 3]
    assert all(isinstance(scan, Scan) for scan in found)


def test_poppler_stands_in_where_pdfium_fails(tmp_path, page, jpeg, pdf_of, monkeypatch, likeness):
    pdf_of(tmp_path / "a.pdf", jpeg(page), UPRIGHT, (W, H))

    def fail(_page, **_options):
        raise pypdfium2.PdfiumError("Failed to load page.")

    monkeypatch.setattr(pdf, "_taken_out", fail)
    found = only(tmp_path / "a.pdf")
    if pdf.shutil.which("pdftoppm"):
        assert likeness(found.image, page) > 0.97
    else:
        assert found.reason is Reason.UNREADABLE


def test_a_page_whose_image_cannot_be_decoded_is_refused_and_never_blank(tmp_path, page):
    out = BytesIO()
    Image.fromarray(page).save(out, "JPEG2000")
    for name, data in (("whole", out.getvalue()), ("cut", out.getvalue()[:-400])):
        dictionary = b"/Subtype/Image/Width 420/Height 594/BitsPerComponent 8/ColorSpace/DeviceGray"
        strips = b"420 0 0 594 0 0 cm /I Do", b"210 0 0 594 0 0 cm /I Do 1 0 0 1 1 0 cm /I Do"
        for number, content in enumerate(strips):
            path = tmp_path / f"{name}{number}.pdf"
            path.write_bytes(hand_made(dictionary + b"/Filter/JPXDecode", data, content))
            scan = only(path)
            assert isinstance(scan, Scan if name == "whole" else Rejection)
            if isinstance(scan, Rejection):
                assert scan.reason is Reason.UNREADABLE
                assert "0x" not in scan.detail


def test_an_empty_page_of_white_images_stays_a_page(tmp_path, jpeg):
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(W, H))
    for top in (0, 297):
        canvas.drawImage(ImageReader(BytesIO(jpeg(np.full((297, 420), 255, np.uint8)))), 0, top)
    canvas.save()
    assert only(tmp_path / "a.pdf").image.min() == 255


def test_ticks_set_on_a_screen_are_seen(tmp_path, page, jpeg, pdf_of):
    pdf_of(tmp_path / "a.pdf", jpeg(page), UPRIGHT, (W, H))
    with pypdfium2.PdfDocument(tmp_path / "a.pdf") as document:
        mark = pypdfium2.raw.FPDFPage_CreateAnnot(document[0], pypdfium2.raw.FPDF_ANNOT_SQUARE)
        rect = pypdfium2.raw.FS_RECTF(200, 300, 240, 260)
        assert pypdfium2.raw.FPDFAnnot_SetRect(mark, rect)
        inside = pypdfium2.raw.FPDFANNOT_COLORTYPE_InteriorColor
        assert pypdfium2.raw.FPDFAnnot_SetColor(mark, inside, 0, 0, 0, 255)
        pypdfium2.raw.FPDFPage_CloseAnnot(mark)
        document.save(tmp_path / "b.pdf")
    before, after = only(tmp_path / "a.pdf"), only(tmp_path / "b.pdf")
    place = [round((H - 280) / 72 * after.dpi), round(220 / 72 * after.dpi)]
    assert before.image[round(H - 280), 220] > 200
    assert after.image[place[0], place[1]] < 100


def test_a_file_filled_up_with_zeros_is_whole(tmp_path, page, jpeg, pdf_of):
    pdf_of(tmp_path / "a.pdf", jpeg(page), UPRIGHT, (W, H))
    with (tmp_path / "a.pdf").open("ab") as file:
        file.write(bytes(5000))
    assert isinstance(only(tmp_path / "a.pdf"), Scan)


def test_a_page_of_five_metres_and_an_image_that_would_burst_inside_one_are_refused(tmp_path, monkeypatch):
    wide = Canvas(str(tmp_path / "wide.pdf"), pagesize=(14_173, 14_173))
    wide.rect(10, 10, 100, 100)
    wide.save()
    inner = Canvas(str(tmp_path / "inner.pdf"), pagesize=(100, 100))
    picture = ImageReader(Image.new("L", (2000, 1500), 200))
    for x in (10, 30):  # two images: the page is drawn, not taken out
        inner.drawImage(picture, x, 10, 5, 5)
    inner.save()
    assert isinstance(only(tmp_path / "inner.pdf"), Scan)
    monkeypatch.setattr("omr.intake.frames.MOST_PIXELS", 2_900_000)
    for name, size in (("wide", "39369 × 39369 px"), ("inner", "2000 × 1500 px")):
        refused = only(tmp_path / f"{name}.pdf")
        assert (refused.reason, refused.detail) == (Reason.TOO_LARGE, size)


def test_a_file_of_too_many_pages_is_not_read_at_all(tmp_path, monkeypatch):
    many = Canvas(str(tmp_path / "many.pdf"))
    for _page in range(4):
        many.showPage()
    many.save()
    assert count_frames(tmp_path / "many.pdf") == 4
    monkeypatch.setattr("omr.intake.frames.MOST_FRAMES", 3)
    with pytest.raises(SourceError, match=r"many\.pdf holds more than 3 pages. Divide"):
        count_frames(tmp_path / "many.pdf")
