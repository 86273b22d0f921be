// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/sector_map.h"

#include "app/text.h"
#include "app/theme.h"

#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <set>

namespace carma::gui {

namespace {

constexpr std::uint64_t kSectorBytes = 4096;
constexpr int kCell = 14;
constexpr int kCellGap = 2;
constexpr int kFileGap = 8;
constexpr int kRowGap = 10;
constexpr int kLinesMax = 3; ///< of cells, for each folder
constexpr int kLabelWidth = 110;
constexpr qsizetype kFilesMax = 200000;

SectorMap::Cell cellOf(FaultOutcome outcome)
{
    switch (outcome) {
    case FaultOutcome::Healed: return SectorMap::Cell::Healed;
    case FaultOutcome::Lost: return SectorMap::Cell::Lost;
    case FaultOutcome::Found: break;
    }
    return SectorMap::Cell::Found;
}

/// The open end of the log lies in some folders only; of everything else each has a part of the same size.
void addMissing(std::vector<ShardFolder>& folders)
{
    std::map<QString, std::uint64_t> everywhere;
    for (const ShardFolder& folder : folders) {
        for (const ShardFile& file : folder.files) {
            const QString name = file.name.section('/', 2);
            if (name.endsWith(".shard") || name == "superblock" || name == "keyring") {
                everywhere[name] = std::max(everywhere[name], file.sectors);
            }
        }
    }
    for (ShardFolder& folder : folders) {
        std::set<QString> there;
        for (const ShardFile& file : folder.files) {
            there.insert(file.name);
        }
        for (const auto& each : everywhere) {
            const QString whole = folder.name + '/' + each.first;
            if (folder.present && !there.contains(whole)) {
                folder.files.push_back({whole, each.second, false});
            }
        }
        std::ranges::sort(folder.files, {}, &ShardFile::name);
    }
}

} // namespace

std::vector<ShardFolder> shardFoldersOf(const QString& path, unsigned count)
{
    std::vector<ShardFolder> folders;
    for (unsigned i = 0; i < count; ++i) {
        ShardFolder folder;
        folder.name = QString("shards/%1").arg(i);
        const QDir root(path + '/' + folder.name);
        folder.present = root.exists();
        QDirIterator files(root.path(), QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext() && static_cast<qsizetype>(folder.files.size()) < kFilesMax) {
            files.next();
            const auto bytes = static_cast<std::uint64_t>(std::max<qint64>(files.fileInfo().size(), 0));
            folder.files.push_back(
                {folder.name + '/' + root.relativeFilePath(files.filePath()), (bytes + kSectorBytes - 1) / kSectorBytes});
        }
        folders.push_back(std::move(folder));
    }
    addMissing(folders);
    return folders;
}

SectorMap::SectorMap(QWidget* parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Map of sectors"));
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setSizePolicy(policy);
}

void SectorMap::setFolders(std::vector<ShardFolder> folders)
{
    m_folders = std::move(folders);
    arrange();
}

void SectorMap::setFaults(const std::vector<RememberedFault>& faults)
{
    m_faults.clear();
    m_wholeFiles.clear();
    for (const RememberedFault& remembered : faults) {
        const Fault& fault = remembered.fault;
        const QString file = text(fault.file);
        const Cell cell = cellOf(fault.outcome);
        const bool sector = fault.kind == FaultKind::BadSector || fault.kind == FaultKind::ReadError;
        Cell& state = sector ? m_faults[file][fault.sector] : m_wholeFiles[file];
        state = std::max(state, cell);
    }
    arrange();
}

std::uint64_t SectorMap::cellsOf(Cell state) const
{
    return static_cast<std::uint64_t>(std::ranges::count_if(m_cells, [state](const Drawn& cell) { return cell.place.state == state; }));
}

SectorMap::Cell SectorMap::stateOf(const QString& file, std::uint64_t first, std::uint64_t count) const
{
    Cell worst = Cell::Sound;
    if (const auto whole = m_wholeFiles.find(file); whole != m_wholeFiles.end()) {
        worst = whole->second;
    }
    if (const auto folder = m_wholeFiles.find(file.section('/', 0, 1)); folder != m_wholeFiles.end()) {
        worst = std::max(worst, folder->second);
    }
    if (const auto sectors = m_faults.find(file); sectors != m_faults.end()) {
        for (auto at = sectors->second.lower_bound(first); at != sectors->second.end() && at->first < first + count; ++at) {
            worst = std::max(worst, at->second);
        }
    }
    return worst;
}

void SectorMap::arrange()
{
    const int columns = std::max(8, (width() - kLabelWidth) / (kCell + kCellGap));
    std::uint64_t most = 1;
    for (const ShardFolder& folder : m_folders) {
        std::uint64_t sectors = 0;
        for (const ShardFile& file : folder.files) {
            sectors += file.sectors + 1;
        }
        most = std::max(most, sectors);
    }
    const auto room = static_cast<std::uint64_t>(columns) * kLinesMax;
    m_sectorsPerCell = (most + room - 1) / room;
    m_cells.clear();
    m_rows.clear();
    int y = 2;
    for (const ShardFolder& folder : m_folders) {
        arrangeFolder(folder, y);
    }
    m_height = y;
    m_current = std::min(m_current, m_cells.empty() ? 0 : m_cells.size() - 1);
    updateGeometry();
    update();
}

void SectorMap::arrangeFolder(const ShardFolder& folder, int& y)
{
    const int step = kCell + kCellGap;
    m_rows.push_back({QRect(0, y, kLabelWidth - 12, kCell), folder.name, folder.present});
    int x = kLabelWidth;
    for (const ShardFile& file : folder.files) {
        for (std::uint64_t first = 0; first < file.sectors; first += m_sectorsPerCell) {
            if (x + kCell > width() && x > kLabelWidth) {
                x = kLabelWidth;
                y += step;
            }
            const std::uint64_t count = std::min(m_sectorsPerCell, file.sectors - first);
            m_cells.push_back(
                {QRect(x, y, kCell, kCell), {file.name, first, count, file.present ? stateOf(file.name, first, count) : Cell::Missing}});
            x += step;
        }
        x += m_sectorsPerCell == 1 ? kFileGap : 0;
    }
    y += kCell + kRowGap;
}

QSize SectorMap::sizeHint() const { return {600, std::max(m_height, 40)}; }
QSize SectorMap::minimumSizeHint() const { return {200, std::max(m_height, 40)}; }

QString SectorMap::nameOf(Cell state)
{
    switch (state) {
    case Cell::Healed: return tr("healed");
    case Cell::Found: return tr("damaged");
    case Cell::Missing: return tr("missing");
    case Cell::Lost: return tr("lost");
    case Cell::Sound: break;
    }
    return tr("sound");
}

void SectorMap::paintCell(QPainter& painter, const QRect& rect, Cell state)
{
    const Tones tone = tones();
    const QColor colour = state == Cell::Healed ? tone.mapHealed
        : state == Cell::Found                  ? tone.mapFound
        : state == Cell::Lost                   ? tone.mapLost
        : state == Cell::Missing                ? tone.mapEmpty
                                                : tone.mapSound;
    painter.fillRect(rect, colour);
    const QRect inner = rect.adjusted(4, 4, -4, -4);
    painter.setPen(QPen(contrast(colour, Qt::white) >= 3 ? Qt::white : Qt::black, 1.5));
    switch (state) {
    case Cell::Sound: break;
    case Cell::Healed:
        painter.drawLine(inner.left(), inner.center().y(), inner.right(), inner.center().y()); // a plus
        painter.drawLine(inner.center().x(), inner.top(), inner.center().x(), inner.bottom());
        break;
    case Cell::Found: painter.drawLine(inner.bottomLeft(), inner.topRight()); break;
    case Cell::Missing: // a hole: only its edge is there
        painter.setPen(QPen(tone.bad, 1, Qt::DotLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect.adjusted(0, 0, -1, -1));
        break;
    case Cell::Lost:
        painter.drawLine(inner.bottomLeft(), inner.topRight());
        painter.drawLine(inner.topLeft(), inner.bottomRight());
        break;
    }
}

void SectorMap::paintEvent(QPaintEvent* event)
{
    QPainter painter(this);
    const Tones tone = tones();
    for (const Row& row : m_rows) {
        painter.setPen(row.present ? palette().color(QPalette::Text) : tone.bad);
        painter.drawText(row.label, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, row.name);
        if (!row.present) {
            painter.drawText(QRect(kLabelWidth, row.label.top(), width() - kLabelWidth, kCell),
                Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, tr("This folder is not there. Heal makes it anew from the others."));
        }
    }
    for (const Drawn& cell : m_cells) {
        if (cell.rect.intersects(event->rect())) {
            paintCell(painter, cell.rect, cell.place.state);
        }
    }
    if (hasFocus() && m_current < m_cells.size()) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(m_cells[m_current].rect.adjusted(-1, -1, 1, 1));
    }
}

void SectorMap::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    arrange();
}

QString SectorMap::describe(const Place& place) const
{
    return tr("%1, sectors %2 to %3: %4").arg(place.file).arg(place.first).arg(place.first + place.count - 1).arg(nameOf(place.state));
}

void SectorMap::choose(std::size_t cell)
{
    if (cell < m_cells.size()) {
        m_current = cell;
        setAccessibleDescription(describe(m_cells[cell].place));
        emit placeChosen(m_cells[cell].place.file);
        update();
    }
}

void SectorMap::mousePressEvent(QMouseEvent* event)
{
    for (std::size_t i = 0; i < m_cells.size(); ++i) {
        if (m_cells[i].rect.contains(event->pos())) {
            choose(i);
            return;
        }
    }
}

void SectorMap::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Right && m_current + 1 < m_cells.size()) {
        choose(m_current + 1);
    } else if (event->key() == Qt::Key_Left && m_current > 0) {
        choose(m_current - 1);
    } else {
        QWidget::keyPressEvent(event);
    }
}

bool SectorMap::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        for (const Drawn& cell : m_cells) {
            if (cell.rect.contains(help->pos())) {
                QToolTip::showText(help->globalPos(), describe(cell.place), this, cell.rect);
                return true;
            }
        }
        QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

} // namespace carma::gui
