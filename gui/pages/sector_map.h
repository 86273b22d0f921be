// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/health.h>

#include <QString>
#include <QWidget>

#include <map>
#include <vector>

namespace carma::gui {

struct ShardFile {
    QString name; ///< relative to the store
    std::uint64_t sectors = 0;
    bool present = true; ///< false: it is not there, though the others of its segment are
};

struct ShardFolder {
    QString name; ///< "shards/3"
    bool present = true;
    std::vector<ShardFile> files;
};

/// What lies in the shard folders of the store at `path`; folders of `count` that are not there are named as well, and so are files that
/// each folder should have and one lacks: segments, superblock and key ring. Any thread.
std::vector<ShardFolder> shardFoldersOf(const QString& path, unsigned count);

/// All sectors of all shard folders as cells: a row for each folder, a gap between files. A cell stands for as many sectors as makes
/// the map fit, and shows the worst of them, by colour and by a mark.
class SectorMap : public QWidget {
    Q_OBJECT

public:
    enum class Cell : std::uint8_t { Sound, Healed, Found, Missing, Lost }; ///< the worse, the later
    struct Place {
        QString file;
        std::uint64_t first = 0, count = 0; ///< sectors
        Cell state = Cell::Sound;
    };

    explicit SectorMap(QWidget* parent = nullptr);
    void setFolders(std::vector<ShardFolder> folders);
    void setFaults(const std::vector<RememberedFault>& faults);
    [[nodiscard]] std::uint64_t cellsOf(Cell state) const;
    [[nodiscard]] std::uint64_t sectorsPerCell() const { return m_sectorsPerCell; }
    static QString nameOf(Cell state);
    static void paintCell(QPainter& painter, const QRect& rect, Cell state);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void placeChosen(const QString& file);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Drawn {
        QRect rect;
        Place place;
    };
    struct Row {
        QRect label;
        QString name;
        bool present = true;
    };
    void arrange();
    void arrangeFolder(const ShardFolder& folder, int& y);
    [[nodiscard]] Cell stateOf(const QString& file, std::uint64_t first, std::uint64_t count) const;
    [[nodiscard]] QString describe(const Place& place) const;
    void choose(std::size_t cell);

    std::vector<ShardFolder> m_folders;
    std::map<QString, std::map<std::uint64_t, Cell>> m_faults; ///< by file and sector
    std::map<QString, Cell> m_wholeFiles;                      ///< files and folders with faults that are no sector's
    std::vector<Drawn> m_cells;
    std::vector<Row> m_rows;
    std::uint64_t m_sectorsPerCell = 1;
    std::size_t m_current = 0;
    int m_height = 0;
};

} // namespace carma::gui
