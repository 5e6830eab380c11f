# Puts together what the page loads first, in target/joined. Trunk runs it before it builds.
#
# In: the style sheets of all views, in the order in which they count; www/boot.js. Out: one style sheet without comments
# and indentation; boot.js without the lines that are comments. Must not know: what they say.
mkdir -p target/joined
cd www
cat base.css start.css result.css detail.css models.css lookup.css records.css explore.css help.css print.css \
  | sed -e 's/^ *//' -e '/^\/\*.*\*\/$/d' -e '/^\/\*/,/\*\/$/d' > ../target/joined/style.css
sed '/^ *\/\//d' boot.js > ../target/joined/boot.js
