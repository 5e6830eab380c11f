# Leaves the comments of index.html out of what the page loads. Trunk runs it when all is built.
sed -i -e '/^<!--.*-->$/d' -e '/^<!--/,/-->$/d' "$TRUNK_STAGING_DIR/index.html"
